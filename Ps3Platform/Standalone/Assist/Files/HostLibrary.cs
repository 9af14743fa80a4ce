using System.Runtime.InteropServices;

using Ps3Platform.Standalone.Assist.Protocol;

namespace Ps3Platform.Standalone.Assist.Files;

/// <summary>File functions that only the host's C library has; ENOSYS on hosts without it, or without the call.</summary>
internal static unsafe partial class HostLibrary
{
    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStatistics = 0x7ff;
    private const int StatisticsSize = 256;

    /// <summary>A file's status: device, inode, mode, links, user, group, device type, size, block size, blocks, three times.</summary>
    /// <returns>An error number.</returns>
    public static int Status(string path, bool follow, Span<uint> words) => Status(CurrentDirectory, path, follow ? 0 : NoFollow, words);

    /// <summary>The same of an open file.</summary>
    public static int Status(SafeHandle file, Span<uint> words) => Status((int)file.DangerousGetHandle(), "", EmptyPath, words);

    public static int Access(string path, int mode) => Answer(() => AccessNative(path, mode));

    public static int Link(string from, string to) => Answer(() => LinkNative(from, to));

    public static int ChangeOwner(string path, int user, int group, bool follow) =>
        Answer(() => ChangeOwnerNative(CurrentDirectory, path, user, group, follow ? 0 : NoFollow));

    public static int ChangeOwner(SafeHandle file, int user, int group) =>
        Answer(() => ChangeOwnerNative((int)file.DangerousGetHandle(), "", user, group, EmptyPath));

    public static int MakeNode(string path, int mode, uint device) => Answer(() => MakeNodeNative(path, mode, device));

    private static int Answer(Func<int> call)
    {
        if (!OperatingSystem.IsLinux())
            return Errno.NotImplemented;
        int error = Errno.None;
        return Errno.Try(() => error = call() == 0 ? Errno.None : Marshal.GetLastPInvokeError()) is not Errno.None and var missing ? missing : error;
    }

    // struct statx, the same on every machine (statx(2)).
    private static int Status(int folder, string path, int flags, Span<uint> words)
    {
        byte[] bytes = new byte[StatisticsSize];
        int error = Answer(() =>
        {
            fixed (byte* buffer = bytes)
                return StatusNative(folder, path, flags, BasicStatistics, buffer);
        });
        if (error != Errno.None)
            return error;
        uint Word(int at) => BitConverter.ToUInt32(bytes, at);
        ulong Long(int at) => BitConverter.ToUInt64(bytes, at);
        uint Device(int at) => (Word(at) << 8) | (Word(at + 4) & 0xff);
        ReadOnlySpan<uint> found =
        [
            Device(0x88), (uint)Long(0x20), BitConverter.ToUInt16(bytes, 0x1c), Word(0x10), Word(0x14), Word(0x18), Device(0x80),
            (uint)Math.Min(Long(0x28), int.MaxValue), Word(4), (uint)Math.Min(Long(0x30), int.MaxValue), (uint)Long(0x40), (uint)Long(0x70), (uint)Long(0x60),
        ];
        found.CopyTo(words);
        return Errno.None;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int StatusNative(int folder, string path, int flags, uint mask, byte* buffer);

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int AccessNative(string path, int mode);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int LinkNative(string from, string to);

    [LibraryImport("libc", EntryPoint = "fchownat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ChangeOwnerNative(int folder, string path, int user, int group, int flags);

    [LibraryImport("libc", EntryPoint = "mknod", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int MakeNodeNative(string path, int mode, ulong device);
}
