using System.Runtime.InteropServices;

using Microsoft.Win32.SafeHandles;

namespace Ps3Platform.Cli.Files;

/// <summary>
/// A file that does not have its name yet, in its final folder. On Linux it has no name at all (O_TMPFILE, open(2)), so that a killed
/// process leaves nothing. On a file system without such files it has a temporary name that begins with a dot.
/// </summary>
internal sealed partial class UnfinishedFile : IDisposable
{
    private const int WriteOnly = 1;
    private const int CloseOnExec = 0x80000;
    private const int TemporaryFile = 0x400000;
    private const int ReadWriteByAll = 0x1b6;
    private const int CurrentFolder = -100;
    private const int FollowLink = 0x400;

    private readonly string _target;
    private string? _name;

    private UnfinishedFile(string target, FileStream stream, string? name)
    {
        _target = target;
        _name = name;
        Stream = stream;
    }

    /// <summary>The file's stream.</summary>
    public FileStream Stream { get; }

    /// <summary>Makes a file that is to replace another.</summary>
    /// <exception cref="IOException">No file can be made in the folder.</exception>
    public static UnfinishedFile Create(string target)
    {
        UnfinishedFile file;
        if (TryCreateNameless(target) is { } handle)
        {
            file = new UnfinishedFile(target, new FileStream(handle, FileAccess.Write, bufferSize: 0), name: null);
        }
        else
        {
            string name = NameBeside(target);
            file = new UnfinishedFile(target, new FileStream(name, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0), name);
        }

        try
        {
            // The new file gets the permissions of the file that it replaces.
            if (!OperatingSystem.IsWindows() && File.Exists(target))
                File.SetUnixFileMode(file.Stream.SafeFileHandle, File.GetUnixFileMode(target));
        }
        catch
        {
            file.Dispose();
            throw;
        }

        return file;
    }

    /// <summary>Gives the file its name, atomically.</summary>
    public void Publish()
    {
        if (_name is null)
        {
            string name = NameBeside(_target);
            // A nameless file cannot replace another one directly: the complete file gets a temporary name and is then moved.
            if (Link(CurrentFolder, $"/proc/self/fd/{Stream.SafeFileHandle.DangerousGetHandle()}", CurrentFolder, name, FollowLink) != 0)
            {
                int error = Marshal.GetLastPInvokeError();
                throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
            }

            _name = name;
        }

        File.Move(_name, _target, overwrite: true);
        _name = null;
    }

    public void Dispose()
    {
        Stream.Dispose();
        if (_name is not null)
            File.Delete(_name);
        _name = null;
    }

    private static SafeFileHandle? TryCreateNameless(string target)
    {
        if (!OperatingSystem.IsLinux() || !Directory.Exists("/proc/self/fd"))
            return null;
        // O_DIRECTORY, which O_TMPFILE contains, is another bit on Arm and Power.
        int folderBit = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 or Architecture.RiscV64 or Architecture.LoongArch64
            ? 0x10000 : 0x4000;
        int descriptor = Open(FolderOf(target), WriteOnly | CloseOnExec | TemporaryFile | folderBit, ReadWriteByAll);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static string FolderOf(string target) => Path.GetDirectoryName(target) is { Length: > 0 } folder ? folder : ".";

    private static string NameBeside(string target) => Path.Combine(FolderOf(target), $".ps3-{Environment.ProcessId}-{Guid.NewGuid():n}.tmp");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(int fromFolder, string from, int toFolder, string to, int flags);
}
