using System.Diagnostics;

using Ps3Platform.Host.Files;

namespace Ps3Platform.Host.Blocks;

/// <summary>
/// A qemu-nbd of our own, which gives out an image of a format that only QEMU reads, on a Unix socket in a folder that only this user may
/// enter. It ends by itself when the connection ends, so also when this process is killed.
/// </summary>
internal sealed class QemuNbdServer : IDisposable
{
    private const string Program = "qemu-nbd";
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestFailure = TimeSpan.FromSeconds(1);

    private readonly Process _process;
    private readonly string _folder;
    private readonly Task<string> _errors;

    private QemuNbdServer(Process process, string folder)
    {
        _process = process;
        _folder = folder;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Process id, for tests.</summary>
    internal int ProcessId => _process.Id;

    /// <summary>Whether qemu-nbd is installed.</summary>
    public static bool IsInstalled => HostPrograms.Find(Program) is not null;

    /// <summary>Starts a server for an image and opens it.</summary>
    /// <exception cref="BlockOpenException">qemu-nbd is not installed, or does not open the image.</exception>
    public static NbdStore Open(string path, string format, bool isReadOnly)
    {
        string program = HostPrograms.Find(Program) ?? throw new BlockOpenException(
            $"{path}: format={format} needs qemu-nbd, which is not installed; apt install qemu-utils");
        if (!File.Exists(path))
            throw new BlockOpenException($"{path}: no such file; make it with: qemu-img create -f {format} {path} 8G");
        string folder = Directory.CreateTempSubdirectory("ps3-nbd-").FullName;
        string socket = Path.Combine(folder, "socket");
        QemuNbdServer server = Start(program, folder,
            ["-f", format, "-k", socket, .. isReadOnly ? (string[])["-r"] : ["--discard=unmap"], "--", Path.GetFullPath(path)]);
        try
        {
            server.WaitForSocket(path, socket);
            return new NbdStore(new NbdAddress(path, null, 0, socket, ""), isReadOnly, path, server);
        }
        catch (BlockOpenException e)
        {
            // It makes its socket before it opens the image.
            string? reason = server.FailureReason;
            server.Dispose();
            throw reason is null ? e
                : new BlockOpenException($"{path}: qemu-nbd does not open it{reason}; give an image that no other program has open");
        }
    }

    // Null: it has not ended by itself.
    private string? FailureReason => _process.WaitForExit(LongestFailure)
        ? NbdText.Said(System.Text.Encoding.UTF8.GetBytes(_errors.Result.Trim().Split('\n')[^1])) : null;

    /// <summary>Waits until it has written everything and ended; kills it if it does not.</summary>
    public void Dispose()
    {
        // The client has said good-bye, and without one it has nothing to wait for.
        if (!_process.WaitForExit(File.Exists(Path.Combine(_folder, "socket")) ? LongestEnd : TimeSpan.Zero))
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static QemuNbdServer Start(string program, string folder, string[] arguments)
    {
        // In a session of its own: Ctrl-C is for the guest's power button, and it shall still write to its disk after that.
        string? session = HostPrograms.Find("setsid");
        var start = new ProcessStartInfo(session ?? program, session is null ? arguments : [program, .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        return new QemuNbdServer(Process.Start(start)!, folder);
    }

    private void WaitForSocket(string path, string socket)
    {
        long started = Stopwatch.GetTimestamp();
        while (!File.Exists(socket))
        {
            if (_process.HasExited)
                throw new BlockOpenException($"{path}: qemu-nbd has ended");
            if (Stopwatch.GetElapsedTime(started) > LongestStart)
                throw new BlockOpenException(
                    $"{path}: qemu-nbd has not opened it in {LongestStart.TotalSeconds:0} s; try again when the host has less to do");
            Thread.Sleep(10);
        }
    }
}
