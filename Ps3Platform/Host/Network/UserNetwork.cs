using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Ps3Platform.Devices.Network;

namespace Ps3Platform.Host.Network;

/// <summary>
/// A network of the machine's own, 10.0.2.0/24, behind address translation: the host is 10.0.2.2, the name server 10.0.2.3, and DHCP gives
/// 10.0.2.15 first. libslirp does all of that, as an ordinary program without privileges. It is used by one thread, which also polls its
/// sockets.
/// </summary>
internal sealed unsafe class UserNetwork : INetworkBackend, IDisposable
{
    private const int QueueSize = 1 << 20;

    // Frames of the guest between two polls of the host's sockets.
    private const int Batch = 256;
    private const int LongestWait = 1000;

    // Long chains of C functions run on it.
    private const int StackSize = 1 << 20;

    private readonly SlirpLibrary _library;
    private readonly HostPoll _poll = new();
    private readonly FrameQueue _queue = new(QueueSize);
    private readonly byte[] _frame = new byte[FrameQueue.LongestFrame];
    private readonly PollWake _wake = new();
    private readonly Thread _thread;
    private GCHandle _self;
    private SlirpCallbacks* _callbacks;
    private nint _slirp;
    private volatile IPacketSink? _sink;
    private volatile bool _isStopped;
    private int _isWaiting;
    private long _guestErrors;
    private long _fragments;

    /// <summary>Makes the network and listens on the forwarded ports.</summary>
    /// <exception cref="NetworkException">libslirp is not installed, or a port cannot be listened on.</exception>
    public UserNetwork(NetworkSpec spec)
        : this(spec, SlirpLibrary.Load())
    {
    }

    internal UserNetwork(NetworkSpec spec, SlirpLibrary library)
    {
        _library = library;
        _self = GCHandle.Alloc(this);
        try
        {
            Create(spec);
            foreach (PortForward forward in spec.Forwards)
                Add(forward);
        }
        catch
        {
            Release();
            throw;
        }

        _thread = new Thread(Run, StackSize) { IsBackground = true, Name = "user network" };
        _thread.Start();
    }

    /// <summary>Frames of the guest that found the queue full.</summary>
    public long Dropped => _queue.Dropped;

    /// <summary>Errors of the guest that libslirp reported.</summary>
    public long GuestErrors => Interlocked.Read(ref _guestErrors);

    /// <summary>Fragments of IPv4 packets of the guest, which are dropped.</summary>
    public long Fragments => Interlocked.Read(ref _fragments);

    public void Attach(IPacketSink? sink) => _sink = sink;

    public void Send(ReadOnlySpan<byte> frame)
    {
        if (_queue.TryAdd(frame) && Interlocked.Exchange(ref _isWaiting, 0) == 1)
            _wake.Set();
    }

    public void Dispose()
    {
        if (_isStopped)
            return;
        _isStopped = true;
        _wake.Set();
        _thread.Join();
        Release();
    }

    private void Create(NetworkSpec spec)
    {
        _callbacks = (SlirpCallbacks*)NativeMemory.AllocZeroed((nuint)sizeof(SlirpCallbacks));
        *_callbacks = new SlirpCallbacks
        {
            SendPacket = &OnSendPacket,
            GuestError = &OnGuestError,
            ClockNanoseconds = &OnClock,
            TimerNew = &OnTimerNew,
            TimerFree = &OnTimerFree,
            TimerModify = &OnTimerModify,
            RegisterPoll = &OnPollChanged,
            UnregisterPoll = &OnPollChanged,
            Notify = &OnNotify,
        };
        var config = new SlirpConfig
        {
            Version = 1,
            Restricted = spec.IsRestricted ? 1 : 0,
            InEnabled = 1,
            Network = Address(10, 0, 2, 0),
            Netmask = Address(255, 255, 255, 0),
            Host = Address(10, 0, 2, 2),
            DhcpStart = Address(10, 0, 2, 15),
            NameServer = Address(10, 0, 2, 3),
        };
        _slirp = _library.New(&config, _callbacks, GCHandle.ToIntPtr(_self));
        if (_slirp == 0)
            throw new NetworkException("user: libslirp does not take its configuration; install libslirp 4.0 or later.");
    }

    private void Add(PortForward forward)
    {
        uint host = Address(forward.Host.Address);
        uint guest = Address(forward.Guest.Address);
        if (_library.AddForward(_slirp, forward.IsUdp ? 1 : 0, host, forward.Host.Port, guest, forward.Guest.Port) < 0)
        {
            throw new NetworkException(
                $"user,hostfwd={forward}: {forward.Host} cannot be listened on: another program uses it, it is no address of this host, or "
                + "the port is below 1024 and needs privileges; give another one.");
        }
    }

    private void Release()
    {
        if (_slirp != 0)
            _library.Cleanup(_slirp);
        _slirp = 0;
        NativeMemory.Free(_callbacks);
        _callbacks = null;
        _self.Free();
        _wake.Dispose();
    }

    private void Run()
    {
        nint opaque = GCHandle.ToIntPtr(_self);
        while (!_isStopped)
        {
            uint timeout = LongestWait;
            _poll.Clear();
            int wake = _poll.Add(_wake.Handle, HostPoll.In);
            _library.FillPoll(_slirp, &timeout, &OnAddPoll, opaque);
            // What is added after this test wakes the thread.
            Interlocked.Exchange(ref _isWaiting, 1);
            bool isIdle = _queue.IsEmpty && !_isStopped;
            bool isReady = _poll.Wait(isIdle ? (int)Math.Min(timeout, LongestWait) : 0);
            Interlocked.Exchange(ref _isWaiting, 0);
            if (_poll.Ready(wake) != 0)
                _wake.Clear();
            _library.FinishPoll(_slirp, isReady ? 0 : 1, &OnReady, opaque);
            for (int i = 0; i < Batch && _queue.TryTake(_frame, out int length); i++)
            {
                if (IsFragment(_frame.AsSpan(0, length)))
                {
                    Interlocked.Increment(ref _fragments);
                    continue;
                }

                fixed (byte* bytes = _frame)
                    _library.Input(_slirp, bytes, length);
            }
        }
    }

    // libslirp 4.7 puts fragments together in memory that it has moved: those of a hostile guest end the whole process (ip_reass).
    private static bool IsFragment(ReadOnlySpan<byte> frame)
    {
        const int TypeOffset = 12, FragmentOffset = 20;
        const ushort Ipv4 = 0x0800, MoreOrOffset = 0x3fff;
        return frame.Length >= FragmentOffset + sizeof(ushort)
            && BinaryPrimitives.ReadUInt16BigEndian(frame[TypeOffset..]) == Ipv4
            && (BinaryPrimitives.ReadUInt16BigEndian(frame[FragmentOffset..]) & MoreOrOffset) != 0;
    }

    private static uint Address(byte a, byte b, byte c, byte d) => Address(new IPAddress([a, b, c, d]));

    // The same bytes in memory on hosts of either byte order.
    private static uint Address(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        address.TryWriteBytes(bytes, out _);
        return MemoryMarshal.Read<uint>(bytes);
    }

    private static UserNetwork Of(nint opaque) => (UserNetwork)GCHandle.FromIntPtr(opaque).Target!;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint OnSendPacket(byte* bytes, nuint length, nint opaque)
    {
        if (length <= FrameQueue.LongestFrame)
            Of(opaque)._sink?.Send(new ReadOnlySpan<byte>(bytes, (int)length));
        return (nint)length;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnGuestError(byte* message, nint opaque) => Interlocked.Increment(ref Of(opaque)._guestErrors);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long OnClock(nint opaque) => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));

    // The only timer is that of IPv6's router advertisements, which are off.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint OnTimerNew(nint callback, nint argument, nint opaque) => 1;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnTimerFree(nint timer, nint opaque)
    {
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnTimerModify(nint timer, long milliseconds, nint opaque)
    {
    }

    // The list of sockets is made anew for each wait.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnPollChanged(int socket, nint opaque)
    {
    }

    // It is called on the thread that polls, which checks everything before it waits again.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnNotify(nint opaque)
    {
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnAddPoll(int socket, int events, nint opaque) => Of(opaque)._poll.Add(socket, events);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnReady(int index, nint opaque) => Of(opaque)._poll.Ready(index);
}
