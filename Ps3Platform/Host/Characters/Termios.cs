using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Ps3Platform.Host.Characters;

/// <summary>Settings of a terminal (termios(3)). The structure is the C library's: only its start is known here.</summary>
internal sealed unsafe partial class Termios
{
    // Larger than struct termios of every C library.
    private const int Size = 256;
    private const int Now = 0;

    // c_oflag is the second field, of type tcflag_t: 32 bits in Linux, as long as a pointer in macOS and the BSDs' older libraries.
    private static readonly int FlagBytes = OperatingSystem.IsLinux() ? sizeof(uint) : sizeof(nuint);

    private readonly byte[] _bytes = new byte[Size];

    private Termios()
    {
    }

    /// <summary>Reads a terminal's settings.</summary>
    /// <returns>Null when the descriptor is no terminal.</returns>
    public static Termios? TryGet(int terminal)
    {
        var read = new Termios();
        fixed (byte* bytes = read._bytes)
            return GetMode(terminal, bytes) == 0 ? read : null;
    }

    /// <summary>The same settings in raw mode: no echo, no signals, no changes of what is read (cfmakeraw(3)).</summary>
    /// <param name="keepsOutput">What is written is treated as before, so that a line feed also returns the carriage.</param>
    public Termios ToRaw(bool keepsOutput)
    {
        var raw = new Termios();
        _bytes.CopyTo(raw._bytes, 0);
        fixed (byte* bytes = raw._bytes)
            MakeRaw(bytes);
        if (keepsOutput)
            _bytes.AsSpan(FlagBytes, FlagBytes).CopyTo(raw._bytes.AsSpan(FlagBytes));
        return raw;
    }

    /// <summary>Applies the settings.</summary>
    /// <returns>False when that failed; the error is the last one of the platform.</returns>
    public bool TryApply(int terminal)
    {
        fixed (byte* bytes = _bytes)
            return SetMode(terminal, Now, bytes) == 0;
    }

    /// <summary>The flags for input, output, control and local modes in their low 32 bits, for tests and messages.</summary>
    public (uint Input, uint Output, uint Control, uint Local) Flags => (Flag(0), Flag(1), Flag(2), Flag(3));

    /// <summary>Two settings are the same in every byte that the C library has filled in.</summary>
    public bool IsSameAs(Termios other) => _bytes.AsSpan().SequenceEqual(other._bytes);

    private uint Flag(int index)
    {
        ReadOnlySpan<byte> field = _bytes.AsSpan(index * FlagBytes);
        return BitConverter.IsLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(field)
            : BinaryPrimitives.ReadUInt32BigEndian(field[(FlagBytes - sizeof(uint))..]);
    }

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetMode(int terminal, byte* mode);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetMode(int terminal, int when, byte* mode);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void MakeRaw(byte* mode);
}
