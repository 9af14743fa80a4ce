using System.Diagnostics;

using Xunit;

namespace Boot.Tests.Durability;

/// <summary>
/// nbdkit with a file, on a Unix socket: it can be told to fail reads or writes, and killed and started again. Tests are skipped by name
/// where it is not installed.
/// </summary>
internal sealed class FaultyServer : IDisposable
{
    private readonly string _folder;
    private readonly string _image;
    private Process? _process;

    public FaultyServer(string folder, string image)
    {
        HostTool.Need("nbdkit");
        _folder = folder;
        _image = image;
        Start();
    }

    /// <summary>What <c>--disk</c> takes.</summary>
    public string Address => $"nbd+unix:///?socket={Socket}";

    /// <summary>Reads fail with EIO while it is true.</summary>
    public bool FailsReads
    {
        set => Set(ReadFault, value);
    }

    /// <summary>Writes fail with ENOSPC while it is true.</summary>
    public bool FailsWrites
    {
        set => Set(WriteFault, value);
    }

    private string Socket => Path.Combine(_folder, "nbd");

    private string ReadFault => Path.Combine(_folder, "read-fault");

    private string WriteFault => Path.Combine(_folder, "write-fault");

    /// <summary>As a server that crashes does.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    public void Start()
    {
        File.Delete(Socket);
        _process = Process.Start(
            HostTool.Find("nbdkit")!,
            [
                "-f", "-U", Socket, "--filter=error", "file", _image,
                "error-pread=EIO", "error-pread-rate=100%", $"error-pread-file={ReadFault}",
                "error-pwrite=ENOSPC", "error-pwrite-rate=100%", $"error-pwrite-file={WriteFault}",
            ]);
        Assert.True(SpinWait.SpinUntil(() => File.Exists(Socket), TimeSpan.FromSeconds(20)), "nbdkit does not start");
    }

    public void Dispose()
    {
        if (_process is not null)
            Kill();
    }

    private static void Set(string fault, bool isOn)
    {
        if (isOn)
            File.WriteAllText(fault, "");
        else
            File.Delete(fault);
    }
}
