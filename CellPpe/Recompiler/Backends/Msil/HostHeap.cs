using System.Runtime.InteropServices;

namespace CellPpe.Recompiler.Backends.Msil;

/// <summary>
/// The C library's heap, where RyuJIT works and the runtime keeps what belongs to host code. glibc returns only what is free at a heap's
/// end; what the compiler leaves free between pieces that live on would stay resident.
/// </summary>
internal static unsafe class HostHeap
{
    private static readonly delegate* unmanaged<nuint, int> Function = Find();

    /// <summary>Returns free pages to the host, where the C library can (malloc_trim(3), glibc). Takes some milliseconds.</summary>
    public static void Trim()
    {
        if (Function != null)
            _ = Function(0);
    }

    private static delegate* unmanaged<nuint, int> Find() =>
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out nint library)
            && NativeLibrary.TryGetExport(library, "malloc_trim", out nint function)
            ? (delegate* unmanaged<nuint, int>)function
            : null;
}
