using System.Runtime.InteropServices;

namespace Ps3Platform.Host.Files;

/// <summary>What a path names.</summary>
internal enum FileKind
{
    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>An ordinary file; also what the host cannot tell apart from one.</summary>
    Regular,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A character or block device.</summary>
    Device,

    /// <summary>A pipe, with a name in the file system or without.</summary>
    Pipe,

    /// <summary>A socket.</summary>
    Socket,
}

/// <summary>Tells kinds of files apart, so that a message can name them; .NET's own attributes know folders only.</summary>
internal static unsafe partial class FileKinds
{
    // statx(2) is used because its structure is the same on every Linux architecture, which that of stat(2) is not.
    private const int CurrentFolder = -100;
    private const uint TypeWanted = 1;
    private const uint InodeWanted = 0x100;
    private const int StructureBytes = 256;
    private const int ModeOffset = 28;
    private const int InodeOffset = 32;

    /// <summary>What a path names; links are followed.</summary>
    public static FileKind Of(string path)
    {
        if (Directory.Exists(path))
            return FileKind.Folder;
        return OperatingSystem.IsLinux() && TryGetMode(path) is { } mode ? FromMode(mode)
            : File.Exists(path) ? FileKind.Regular : FileKind.Missing;
    }

    /// <summary>The kind with its article, for a message.</summary>
    public static string Describe(FileKind kind) => kind switch
    {
        FileKind.Missing => "no file",
        FileKind.Folder => "a folder",
        FileKind.Device => "a device",
        FileKind.Pipe => "a pipe",
        FileKind.Socket => "a socket",
        _ => "a file",
    };

    /// <summary>The inode of what a path names, or null where that cannot be found out.</summary>
    public static ulong? InodeOf(string path)
    {
        byte* structure = stackalloc byte[StructureBytes];
        return OperatingSystem.IsLinux() && TryGetStatus(path, InodeWanted, structure) ? *(ulong*)(structure + InodeOffset) : null;
    }

    /// <summary>True of names that stand for what the process has open already, as the shell's <c>&lt;(command)</c> makes them.</summary>
    public static bool IsDescriptor(string path) =>
        path is "/dev/stdin" or "/dev/stdout" or "/dev/stderr"
        || path.StartsWith("/dev/fd/", StringComparison.Ordinal) || path.StartsWith("/proc/self/fd/", StringComparison.Ordinal);

    private static FileKind FromMode(int mode) => (mode & 0xf000) switch
    {
        0x1000 => FileKind.Pipe,
        0x2000 or 0x6000 => FileKind.Device,
        0x4000 => FileKind.Folder,
        0xc000 => FileKind.Socket,
        _ => FileKind.Regular,
    };

    private static int? TryGetMode(string path)
    {
        byte* structure = stackalloc byte[StructureBytes];
        return TryGetStatus(path, TypeWanted, structure) ? *(ushort*)(structure + ModeOffset) : null;
    }

    private static bool TryGetStatus(string path, uint wanted, byte* structure)
    {
        try
        {
            return Status(CurrentFolder, path, 0, wanted, structure) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            // A C library without statx.
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Status(int folder, string path, int flags, uint mask, byte* structure);
}
