using System.Runtime.InteropServices;
using System.Text;

using Ps3Platform.Devices.Network;
using Ps3Platform.Host.Characters;

namespace Ps3Platform.Host.Network;

/// <summary>A TAP interface of the host: the guest is a station on it (Linux's Documentation/networking/tuntap.rst).</summary>
internal sealed unsafe partial class TapNetwork : INetworkBackend, IFrameWriter, IDisposable
{
    private const string Device = "/dev/net/tun";
    private const int ReadWrite = 0x2;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const nuint SetInterface = 0x400454ca;
    private const short TapWithoutHeader = 0x1002;
    private const int RequestSize = 40;
    private const int NameSize = 16;
    private const short PollIn = 1;
    private const int Recheck = 200;
    private const int StackSize = 256 << 10;

    private readonly int _descriptor;
    private readonly FramePump _pump;
    private readonly Thread _reading;
    private volatile IPacketSink? _sink;
    private volatile bool _isStopped;
    private long _refused;

    /// <summary>Opens the interface with a name, or makes it if the user may.</summary>
    /// <exception cref="NetworkException">It cannot be opened.</exception>
    public TapNetwork(string name)
    {
        string spec = name.Length == 0 ? "tap" : $"tap,ifname={name}";
        if (!OperatingSystem.IsLinux())
            throw new NetworkException($"{spec}: TAP interfaces are Linux's; give user or switch,socket=PATH.");
        _descriptor = PosixDescriptor.Open(Device, ReadWrite | NonBlocking | CloseOnExec);
        if (_descriptor < 0)
            throw new NetworkException($"{spec}: {Device} cannot be opened: {PosixDescriptor.LastError().Message}; give user.");
        Span<byte> request = stackalloc byte[RequestSize];
        request.Clear();
        Encoding.ASCII.GetBytes(name, request);
        BitConverter.TryWriteBytes(request[NameSize..], TapWithoutHeader);
        int result;
        fixed (byte* start = request)
            result = Control(_descriptor, SetInterface, start);
        if (result < 0)
        {
            string reason = PosixDescriptor.LastError().Message;
            _ = PosixDescriptor.Close(_descriptor);
            string shown = name.Length == 0 ? "tap0" : name;
            throw new NetworkException(
                $"{spec}: the interface cannot be opened: {reason}; make it first with "
                + $"\"sudo ip tuntap add {shown} mode tap user $USER\" and name it with ifname=, or give user.");
        }

        Name = Encoding.ASCII.GetString(request[..request.IndexOf((byte)0)]);
        _pump = new FramePump(Name, this);
        _reading = new Thread(Read, StackSize) { IsBackground = true, Name = $"frames from {Name}" };
        _reading.Start();
    }

    /// <summary>The interface's name.</summary>
    public string Name { get; }

    /// <summary>Frames that were not sent: the queue was full, or the interface is down.</summary>
    public long Dropped => _pump.Dropped + Interlocked.Read(ref _refused);

    public void Attach(IPacketSink? sink) => _sink = sink;

    public void Send(ReadOnlySpan<byte> frame) => _pump.Send(frame);

    void IFrameWriter.Write(ReadOnlySpan<byte> frame)
    {
        // An interface that is down refuses with EIO, and may come up later.
        fixed (byte* bytes = frame)
        {
            if (WriteTo(_descriptor, bytes, (nuint)frame.Length) != frame.Length)
                Interlocked.Increment(ref _refused);
        }
    }

    void IFrameWriter.Flush()
    {
    }

    public void Dispose()
    {
        if (_isStopped)
            return;
        _isStopped = true;
        _pump.Dispose();
        _reading.Join();
        _ = PosixDescriptor.Close(_descriptor);
    }

    private void Read()
    {
        // Longer frames than any that is passed on are noticed by their length.
        var frame = new byte[FrameQueue.LongestFrame + 1];
        while (!_isStopped)
        {
            var entry = new PollEntry { Descriptor = _descriptor, Events = PollIn };
            if (Poll(&entry, 1, Recheck) <= 0)
                continue;
            nint count;
            fixed (byte* bytes = frame)
                count = ReadFrom(_descriptor, bytes, (nuint)frame.Length);
            if (count > 0)
                _sink?.Send(frame.AsSpan(0, (int)count));
            else if (count < 0)
                // An interface that was taken away keeps failing.
                Thread.Sleep(1);
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Ready;
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(int descriptor, nuint request, byte* argument);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint ReadFrom(int descriptor, byte* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint WriteTo(int descriptor, byte* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Poll(PollEntry* entries, nuint count, int milliseconds);
}
