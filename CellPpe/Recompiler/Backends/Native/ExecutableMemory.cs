using System.ComponentModel;
using System.Runtime.InteropServices;

namespace CellPpe.Recompiler.Backends.Native;

/// <summary>
/// Host memory that code is written to and run from. It is both writable and executable: code is added every few
/// microseconds while other code of it runs, and a change of protection each time would cost more than compiling. What is
/// written there is the backend's own output only.
/// </summary>
internal sealed partial class ExecutableMemory : IDisposable
{
    private const int ReadWriteExecute = 7;
    private const int PrivateAnonymous = 0x22;

    public ExecutableMemory(int bytes)
    {
        Size = bytes;
        Start = Map(0, (nuint)bytes, ReadWriteExecute, PrivateAnonymous, -1, 0);
        if (Start == -1)
            throw new Win32Exception();
    }

    /// <summary>The first byte.</summary>
    public nint Start { get; private set; }

    /// <summary>Bytes there are.</summary>
    public int Size { get; }

    /// <summary>True where this backend's code runs: the numbers above are Linux's.</summary>
    public static bool IsSupported => RuntimeInformation.ProcessArchitecture == Architecture.X64 && OperatingSystem.IsLinux();

    public void Dispose()
    {
        if (Start != 0)
            _ = Unmap(Start, (nuint)Size);
        Start = 0;
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(nint address, nuint length);
}
