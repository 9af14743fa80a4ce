using System.Globalization;
using System.Text;

using Ps3Platform.Loaders.Compression;

namespace Ps3Platform.Loaders.Elf;

/// <summary>Names for addresses, from an ELF symbol table or from a kernel's System.map.</summary>
public sealed class SymbolTable
{
    private const ulong LongestUnsized = 64 << 10;
    private readonly ElfSymbol[] _byAddress;

    /// <summary>A table of these symbols.</summary>
    public SymbolTable(IEnumerable<ElfSymbol> symbols)
    {
        _byAddress = [.. symbols];
        Array.Sort(_byAddress, (left, right) => left.Address.CompareTo(right.Address));
    }

    /// <summary>A table without symbols.</summary>
    public static SymbolTable Empty { get; } = new([]);

    /// <summary>Number of symbols.</summary>
    public int Count => _byAddress.Length;

    /// <summary>All symbols by ascending address.</summary>
    public IReadOnlyList<ElfSymbol> All => _byAddress;

    /// <summary>The symbol with this name.</summary>
    public bool TryFind(string name, out ElfSymbol symbol)
    {
        foreach (ElfSymbol candidate in _byAddress)
        {
            if (candidate.Name == name)
            {
                symbol = candidate;
                return true;
            }
        }

        symbol = default;
        return false;
    }

    /// <summary>
    /// The last symbol at or below an address, as "name+0x10", or null. A symbol with a size covers only its own bytes; one
    /// without, as in a System.map, covers the bytes up to the next symbol, within a limit.
    /// </summary>
    public string? Describe(ulong address)
    {
        int low = 0;
        int high = _byAddress.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_byAddress[middle].Address <= address)
                low = middle + 1;
            else
                high = middle;
        }

        if (low == 0)
            return null;
        ElfSymbol symbol = _byAddress[low - 1];
        ulong distance = address - symbol.Address;
        if (distance >= (symbol.Size != 0 ? symbol.Size : LongestUnsized))
            return null;
        return distance == 0 ? symbol.Name : $"{symbol.Name}+0x{distance:x}";
    }

    /// <summary>The symbols of an executable, with functions resolved to their code. Empty when it is stripped.</summary>
    /// <exception cref="ImageFormatException">It is no PowerPC executable, or damaged.</exception>
    public static SymbolTable ReadExecutable(ImageFile file) =>
        new(FunctionDescriptors.Resolve(new ElfReader().Read(CompressedFile.Unpack(file), ulong.MaxValue)));

    /// <summary>Reads the "address type name" lines of a System.map.</summary>
    /// <exception cref="ImageFormatException">A line is not of that form.</exception>
    public static SymbolTable ReadSystemMap(ImageFile file)
    {
        var symbols = new List<ElfSymbol>();
        ReadOnlySpan<byte> rest = file.Bytes.Span;
        long offset = 0;
        while (rest.Length > 0)
        {
            int end = rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? rest : rest[..end];
            if (line.Length > 0)
                symbols.Add(ParseLine(file, offset, line));
            int step = end < 0 ? rest.Length : end + 1;
            offset += step;
            rest = rest[step..];
        }

        return new SymbolTable(symbols);
    }

    private static ElfSymbol ParseLine(ImageFile file, long offset, ReadOnlySpan<byte> line)
    {
        int space = line.IndexOf((byte)' ');
        if (space is not (8 or 16) || line.Length < space + 4 || line.Length > 2048 || line[space + 2] != ' '
            || !ulong.TryParse(line[..space], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong address))
        {
            throw new ImageFormatException(file.Name, offset, "This line is not \"address type name\"; give the System.map that was built with the kernel.");
        }

        bool isCode = line[space + 1] is (byte)'t' or (byte)'T';
        return new ElfSymbol(Encoding.Latin1.GetString(line[(space + 3)..]), address, 0, isCode ? (byte)2 : (byte)0);
    }
}
