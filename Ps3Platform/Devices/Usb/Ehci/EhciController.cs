using System.Buffers.Binary;

using CellPpe.Core;
using CellPpe.Core.Ports;

using Lv1Hypervisor.Contracts;

using Ps3Platform.Devices.Usb.Bus;

namespace Ps3Platform.Devices.Usb.Ehci;

/// <summary>
/// The controller for high speed (EHCI 1.0). Its registers are 32-bit big-endian words, its descriptors little-endian (devices.md 10).
/// Slower devices go to the OHCI beside it; there are no hubs that translate.
/// </summary>
internal sealed class EhciController : IMmioDevice, IIoInterruptSource, IRootHub
{
    private const uint Version = 0x0100;
    private const uint FrameIndexMask = 0x3fff;

    // While a list moves it is checked each microframe, then each frame for a while, because a guest adds transfers to a list that runs
    // without telling; then rarely. Linux switches lists off after some 20 ms.
    private const ulong BusyMicroframes = 16;
    private const ulong WarmMicroframes = 512;
    private const ulong RareMicroframes = 31 * 8;

    private readonly IDmaPort _dma;
    private readonly UsbPacer _pacer;
    private readonly EhciRootHub _hub;
    private readonly EhciSchedule _schedule;
    private readonly IRootHub _companion;
    private readonly int _portCount;
    private readonly uint[] _own = new uint[((EhciRegister.LastOwn - EhciRegister.FirstOwn) / 4) + 1];
    private IInterruptLine? _line;
    private EhciCommand _command;
    private EhciStatus _status;
    private EhciStatus _enabled;
    private uint _periodicBase;
    private uint _asyncAddress;

    // Microframes count from a time. The last one that was checked, and the last one in which anything moved.
    private ulong _start;
    private ulong _microframe;
    private ulong _movedAt;

    public EhciController(
        IDmaPort dma, EventQueue events, IMachineClock clock, IReadOnlyList<UsbSocket> sockets, IRootHub companion)
    {
        _dma = dma;
        _companion = companion;
        _portCount = sockets.Count;
        _pacer = new UsbPacer(events, clock, OnLook);
        _hub = new EhciRootHub(sockets, this, companion, OnPortChanged);
        _schedule = new EhciSchedule(dma, _hub);
        Reset();
    }

    /// <summary>The controller that sees a new device first.</summary>
    public IRootHub Home => _hub.IsConfigured ? this : _companion;

    /// <summary>What a log or a monitor shows.</summary>
    public EhciState State => new(
        (uint)_command, (uint)_status, (uint)_enabled, _hub.IsConfigured, _schedule.Transactions, _schedule.Unanswered,
        _schedule.HasFailed);

    /// <summary>Its lists may be walked without another access of the guest.</summary>
    public bool IsRunning => _pacer.IsRunning;

    private bool Runs => (_command & EhciCommand.Run) != 0;

    private ulong MicroframeNow => Runs ? (_pacer.Now - _start) / UsbPacer.Microframe : _microframe;

    /// <summary>As after power-on.</summary>
    public void Reset()
    {
        _pacer.Stop();
        _schedule.Reset();
        _hub.Reset();
        Array.Clear(_own);
        _command = EhciCommand.DefaultThreshold;
        _status = _enabled = EhciStatus.None;
        _periodicBase = _asyncAddress = 0;
        _start = _microframe = _movedAt = 0;
        UpdateLine();
    }

    /// <inheritdoc/>
    public void ConnectInterrupt(IInterruptLine? line)
    {
        _line?.SetLevel(false);
        _line = line;
        UpdateLine();
    }

    /// <inheritdoc/>
    public ulong Read(ulong offset, int size) => size == 4 && (offset & 3) == 0 ? ReadRegister((int)offset) : 0;

    /// <inheritdoc/>
    public void Write(ulong offset, int size, ulong value)
    {
        if (size == 4 && (offset & 3) == 0)
            WriteRegister((int)offset, (uint)value);
        UpdateLine();
    }

    /// <inheritdoc/>
    public void OnConnected(int port) => _hub.OnConnected(port);

    /// <inheritdoc/>
    public void OnDisconnected(int port) => _hub.OnDisconnected(port);

    /// <inheritdoc/>
    public void OnReady(int port) => Kick();

    private uint ReadRegister(int offset) => offset switch
    {
        EhciRegister.Capability => (Version << 16) | EhciRegister.Operational,
        // All ports lead to the one companion; their power cannot be switched.
        EhciRegister.StructuralParameters => (1u << 12) | ((uint)_portCount << 8) | (uint)_portCount,
        // The frame list may be shorter than 1024; addresses have 32 bits.
        EhciRegister.CapabilityParameters => 2,
        EhciRegister.Command => (uint)_command,
        EhciRegister.Status => (uint)StatusNow(),
        EhciRegister.InterruptEnable => (uint)_enabled,
        EhciRegister.FrameIndex => (uint)MicroframeNow & FrameIndexMask,
        EhciRegister.PeriodicBase => _periodicBase,
        EhciRegister.AsyncAddress => _asyncAddress,
        EhciRegister.ConfigFlag => _hub.IsConfigured ? 1u : 0,
        >= EhciRegister.FirstOwn and <= EhciRegister.LastOwn => _own[(offset - EhciRegister.FirstOwn) / 4],
        >= EhciRegister.FirstPort when (offset - EhciRegister.FirstPort) / 4 < _portCount =>
        _hub.Read((offset - EhciRegister.FirstPort) / 4),
        _ => 0,
    };

    private void WriteRegister(int offset, uint value)
    {
        switch (offset)
        {
            case EhciRegister.Command:
                SetCommand((EhciCommand)value);
                break;
            case EhciRegister.Status:
                _status &= ~((EhciStatus)value & EhciStatus.Causes);
                Kick();
                break;
            case EhciRegister.InterruptEnable:
                _enabled = (EhciStatus)value & EhciStatus.Causes;
                break;
            case EhciRegister.FrameIndex when !Runs:
                _microframe = value & FrameIndexMask;
                break;
            case EhciRegister.PeriodicBase:
                _periodicBase = value & ~0xfffu;
                break;
            case EhciRegister.AsyncAddress:
                _asyncAddress = value & ~0x1fu;
                break;
            case EhciRegister.ConfigFlag:
                _hub.SetConfigured((value & 1) != 0);
                break;
            case >= EhciRegister.FirstOwn and <= EhciRegister.LastOwn:
                _own[(offset - EhciRegister.FirstOwn) / 4] = value;
                break;
            case >= EhciRegister.FirstPort when (offset - EhciRegister.FirstPort) / 4 < _portCount:
                _hub.Write((offset - EhciRegister.FirstPort) / 4, value);
                break;
        }
    }

    private void SetCommand(EhciCommand value)
    {
        if ((value & EhciCommand.HostReset) != 0)
        {
            Reset();
            return;
        }

        bool ran = Runs;
        ulong microframe = MicroframeNow;
        // Only the controller takes the doorbell back.
        _command = (value & EhciCommand.Kept) | (_command & EhciCommand.Doorbell);
        if (Runs && !ran)
        {
            _start = _pacer.Now - (microframe * UsbPacer.Microframe);
            _microframe = _movedAt = microframe;
        }
        else if (!Runs)
        {
            _microframe = microframe;
            _pacer.Stop();
            _command &= ~EhciCommand.Doorbell;
        }

        Kick();
    }

    private EhciStatus StatusNow() => _status | (Runs ? 0 : EhciStatus.Halted)
        | (Runs && (_command & EhciCommand.Periodic) != 0 ? EhciStatus.Periodic : 0)
        | (Runs && (_command & EhciCommand.Async) != 0 ? EhciStatus.Async : 0);

    private bool HasWork() => (_command & (EhciCommand.Periodic | EhciCommand.Async | EhciCommand.Doorbell)) != 0
        || (_enabled & EhciStatus.Rollover) != 0;

    // The guest or a device has done something: each microframe is checked again.
    private void Kick()
    {
        if (!Runs || !HasWork())
            return;
        ulong now = MicroframeNow;
        _movedAt = now;
        _pacer.ScanAt(_start + ((now + 1) * UsbPacer.Microframe));
    }

    private void OnLook()
    {
        if (!Runs)
            return;
        ulong now = MicroframeNow;
        _schedule.Begin((int)Math.Clamp(now - _microframe, 1, 8));
        if ((_command & EhciCommand.Periodic) != 0 && (now >> 3) != (_microframe >> 3))
            WalkPeriodic((uint)(now >> 3));
        if ((_command & EhciCommand.Async) != 0 && !_schedule.HasFailed)
            _schedule.WalkAsync(_asyncAddress);
        if ((now ^ _microframe) > FrameIndexMask >> 1)
            _status |= EhciStatus.Rollover;
        _microframe = now;
        _status |= _schedule.Causes;
        if ((_command & EhciCommand.Doorbell) != 0)
        {
            // Nothing of a list is kept between two scans, so that what the guest has removed is no longer in use.
            _command &= ~EhciCommand.Doorbell;
            _status |= EhciStatus.AsyncAdvance;
        }

        if (_schedule.HasFailed)
        {
            // It stops until it is reset (EHCI 1.0, 4.15.2.4).
            _status |= EhciStatus.SystemError;
            _command &= ~EhciCommand.Run;
        }
        else if (HasWork())
        {
            LookAgain(now);
        }

        UpdateLine();
    }

    private void LookAgain(ulong now)
    {
        if (_schedule.HasMoved)
            _movedAt = now;
        ulong quiet = now - _movedAt;
        ulong next = quiet < BusyMicroframes ? now + 1 : quiet < WarmMicroframes ? (now | 7) + 1 : now + RareMicroframes;
        _pacer.ScanAt(_start + (next * UsbPacer.Microframe));
    }

    private void WalkPeriodic(uint frame)
    {
        uint entries = 1024u >> (int)(((uint)_command >> 2) & 3);
        Span<byte> link = stackalloc byte[4];
        if (_dma.Read(new IoAddress(_periodicBase) + (4 * (frame & (entries - 1))), link) == DmaFault.None)
            _schedule.WalkPeriodic(BinaryPrimitives.ReadUInt32LittleEndian(link));
        else
            _schedule.Fail();
    }

    private void OnPortChanged()
    {
        _status |= EhciStatus.PortChange;
        UpdateLine();
    }

    private void UpdateLine() => _line?.SetLevel((_status & _enabled & EhciStatus.Causes) != 0);
}

/// <summary>What the controller for high speed remembers.</summary>
/// <param name="Command">USBCMD.</param>
/// <param name="Status">The causes in USBSTS.</param>
/// <param name="Enabled">USBINTR.</param>
/// <param name="Configured">CONFIGFLAG.</param>
/// <param name="Transactions">Transactions since the last reset.</param>
/// <param name="Unanswered">Those that no device answered.</param>
/// <param name="Failed">It could not reach the guest's memory, and waits for a reset.</param>
public sealed record EhciState(
    uint Command, uint Status, uint Enabled, bool Configured, long Transactions, long Unanswered, bool Failed);
