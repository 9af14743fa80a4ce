using System.Runtime.InteropServices;
using System.Runtime.Versioning;

using Microsoft.Win32.SafeHandles;

namespace Ps3Platform.Host.Blocks;

/// <summary>Reads of a file that never wait for its medium: preadv2 with RWF_NOWAIT (Linux 4.14, preadv2(2)).</summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class CachedReads
{
    private const int NoWait = 8;

    /// <summary>Fills the buffer from the host's page cache.</summary>
    /// <returns>False: not all bytes are there, or the file system cannot say; the buffer's contents are undefined.</returns>
    public static bool TryRead(SafeFileHandle file, ulong offset, Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            var part = new Part { Start = bytes, Length = (nuint)buffer.Length };
            return PreadV2(file, &part, 1, (nint)offset, NoWait) == buffer.Length;
        }
    }

    // glibc and musl take the offset as one off_t.
    [LibraryImport("libc", EntryPoint = "preadv2")]
    private static partial nint PreadV2(SafeFileHandle file, Part* parts, int count, nint offset, int flags);

    // struct iovec.
    private struct Part
    {
        public byte* Start;
        public nuint Length;
    }
}
