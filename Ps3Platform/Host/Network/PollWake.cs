using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

using Microsoft.Win32.SafeHandles;

namespace Ps3Platform.Host.Network;

/// <summary>
/// Wakes the thread that waits in a <see cref="HostPoll"/>: eventfd(2) on Linux, elsewhere a socket that sends to itself, which costs some
/// ten microseconds more.
/// </summary>
internal sealed unsafe partial class PollWake : IDisposable
{
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x8_0000;

    private readonly SafeFileHandle? _event;
    private readonly Socket? _socket;
    private readonly byte[] _datagram = [1];

    public PollWake()
    {
        if (OperatingSystem.IsLinux())
        {
            int descriptor = EventDescriptor(0, NonBlocking | CloseOnExec);
            if (descriptor >= 0)
            {
                _event = new SafeFileHandle(descriptor, ownsHandle: true);
                return;
            }
        }

        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _socket.Connect(_socket.LocalEndPoint!);
        _socket.Blocking = false;
    }

    /// <summary>What the thread polls for input.</summary>
    public nint Handle => _event?.DangerousGetHandle() ?? _socket!.Handle;

    /// <summary>From any thread: ends the wait now, or the next one. Not while or after it is disposed of.</summary>
    public void Set()
    {
        if (_event is not null)
        {
            ulong one = 1;
            // It fails only if it is set as often as it can count, and then the thread wakes anyway.
            _ = Write((int)Handle, &one, sizeof(ulong));
            return;
        }

        try
        {
            _socket!.Send(_datagram);
        }
        catch (SocketException)
        {
            // It is full: the thread wakes anyway.
        }
    }

    /// <summary>On the thread that polls: the next wait waits again.</summary>
    public void Clear()
    {
        if (_event is not null)
        {
            ulong count;
            _ = Read((int)Handle, &count, sizeof(ulong));
            return;
        }

        Span<byte> buffer = stackalloc byte[16];
        try
        {
            while (_socket!.Available > 0)
                _socket.Receive(buffer);
        }
        catch (SocketException)
        {
            // Nothing is left.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _event?.Dispose();
        _socket?.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EventDescriptor(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "read")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Read(int descriptor, void* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "write")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Write(int descriptor, void* bytes, nuint count);
}
