using System.Globalization;
using System.Text;

using Ps3Platform.Loaders.Elf;

namespace Ps3Platform.Machine.KernelLog;

/// <summary>
/// Addresses of kernel variables: from a symbol table, and from the kernel's vmcoreinfo note. A kernel with kexec keeps that note for
/// crash dumps, and it names the variables of the log (kernel/crash_core.c, log_buf_vmcoreinfo_setup).
/// </summary>
internal sealed class KernelNames
{
    private const int LongestNote = 4096;
    private readonly Dictionary<string, ulong> _note = [];
    private readonly SymbolTable _symbols;

    private KernelNames(SymbolTable symbols) => _symbols = symbols;

    public static KernelNames Read(IKernelMemory memory, SymbolTable symbols)
    {
        var names = new KernelNames(symbols);
        ReadOnlySpan<byte> rest = memory.Image;
        while (names._note.Count == 0 && rest.IndexOf("OSRELEASE="u8) is int found and >= 0)
        {
            rest = rest[found..];
            names.ReadNote(rest[..Math.Min(rest.Length, LongestNote)]);
            rest = rest[1..];
        }

        return names;
    }

    /// <summary>The address of a variable.</summary>
    public bool TryFind(string name, out ulong address)
    {
        if (_symbols.TryFind(name, out ElfSymbol symbol))
        {
            address = symbol.Address;
            return true;
        }

        return _note.TryGetValue($"SYMBOL({name})", out address);
    }

    /// <summary>The size of a structure, or null.</summary>
    public ulong? SizeOf(string structure) => _note.TryGetValue($"SIZE({structure})", out ulong size) ? size : null;

    // Lines "SYMBOL(name)=hexadecimal" and "SIZE(name)=decimal". A copy without any is the format string in the kernel's code.
    private void ReadNote(ReadOnlySpan<byte> note)
    {
        int end = note.IndexOfAnyExceptInRange((byte)'\n', (byte)'~');
        foreach (string line in Encoding.Latin1.GetString(end < 0 ? note : note[..end]).Split('\n'))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
                continue;
            string value = line[(equals + 1)..];
            bool isSymbol = line.StartsWith("SYMBOL(", StringComparison.Ordinal);
            if (isSymbol && ulong.TryParse(value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong address))
                _note[line[..equals]] = address;
            else if (line.StartsWith("SIZE(", StringComparison.Ordinal) && ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong size))
                _note[line[..equals]] = size;
        }
    }
}
