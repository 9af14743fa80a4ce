using System.Diagnostics;
using System.Net.Sockets;

using Xunit;

namespace Host.Tests.Blocks;

/// <summary>
/// A real NBD server on a Unix socket of its own, stopped at the end. Tests are skipped by name where it is not installed.
/// </summary>
internal sealed class NbdServers : IDisposable
{
    private readonly Process _process;
    private readonly string _socket;

    private NbdServers(string program, string socket, string[] arguments)
    {
        Skip.If(Find(program) is null, $"{program} is not installed");
        _socket = socket;
        File.Delete(socket);
        _process = Process.Start(new ProcessStartInfo(Find(program)!, arguments))!;
        Assert.True(SpinWait.SpinUntil(Answers, TimeSpan.FromSeconds(20)), $"{program} does not start");
    }

    public static NbdServers Qemu(string socket, string image, params string[] more) =>
        new("qemu-nbd", socket, ["-t", "-f", "raw", "-k", socket, .. more, image]);

    public static NbdServers Kit(string socket, params string[] plugin) => new("nbdkit", socket, ["-f", "-U", socket, .. plugin]);

    public static string? Find(string program) => ((string[])["/usr/bin", "/usr/sbin", "/usr/local/bin"])
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>As a server that crashes does.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            Kill();
        _process.Dispose();
    }

    private bool Answers()
    {
        Thread.Sleep(20);
        if (!File.Exists(_socket))
            return false;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(_socket));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
