using System.Buffers.Binary;

using CellPpe.Core;
using CellPpe.Core.Ports;

using Lv1Hypervisor.Contracts;

using Ps3Platform.Devices.Usb.Bus;

namespace Ps3Platform.Devices.Usb.Ohci;

/// <summary>
/// The controller for full and low speed (OHCI 1.0a): registers, frames, the done queue. Its registers are 32-bit big-endian words, its
/// descriptors little-endian (devices.md 10).
/// </summary>
internal sealed class OhciController : IMmioDevice, IIoInterruptSource, IRootHub
{
    private const uint RevisionNumber = 0x10;
    private const OhciControl StateMask = (OhciControl)(3 << 6);
    private const uint DefaultInterval = 0x2edf;
    private const uint HostReset = 1;
    private const uint ControlFilled = 2;
    private const uint BulkFilled = 4;
    private const uint OwnershipChange = 8;

    // In the communications area (OHCI 1.0a, 4.4).
    private const int CommunicationsSize = 256;
    private const int FrameNumberAt = 0x80;

    // While nothing moves, lists are checked rarely: Linux takes a frame number that stands for 275 ms for a dead controller. The
    // number is odd so that each of the 32 periodic lists has its turn. After a movement each frame is checked for a while, because a
    // guest gives the next transfer of an interrupt endpoint without telling.
    private const uint RareFrames = 31;
    private const uint BusyFrames = 32;

    private readonly IDmaPort _dma;
    private readonly UsbPacer _pacer;
    private readonly OhciRootHub _hub;
    private readonly OhciSchedule _schedule;
    private readonly uint[] _plain = new uint[OhciRegister.LowSpeedThreshold + 4];
    private readonly OhciReach _reach;
    private IInterruptLine? _line;
    private OhciControl _control;
    private OhciCause _status;
    private OhciCause _enabled;
    private uint _command;
    private uint _hcca;
    private bool _intervalToggle;

    // Frame numbers count from a time. The last frame whose lists were walked, and the one until which every frame is.
    private ulong _frameStart;
    private ulong _frame;
    private ulong _busyUntil;

    // Counts scans and stores to registers: what the lists reach is searched once between two of them.
    private long _changes;
    private long _reachedAt = -1;

    public OhciController(IDmaPort dma, EventQueue events, IMachineClock clock, IReadOnlyList<UsbSocket> sockets)
    {
        _dma = dma;
        _pacer = new UsbPacer(events, clock, OnFrame);
        _hub = new OhciRootHub(sockets, this, onDue => new UsbPacer(events, clock, onDue), OnHubChanged);
        _schedule = new OhciSchedule(dma, _hub);
        _reach = new OhciReach(dma);
        Reset();
    }

    /// <summary>The registers hold what a log or a monitor shows.</summary>
    public OhciState State => new(
        (uint)_control, (uint)_status, (uint)_enabled, _hcca, _schedule.Transactions, _schedule.Unanswered, _schedule.HasFailed);

    /// <summary>Whether it may store to a byte of the range if the guest does nothing more.</summary>
    public bool MayStore(LparAddress start, ulong length)
    {
        if (!_pacer.IsRunning)
            return false;
        if (_reachedAt != _changes)
        {
            _reachedAt = _changes;
            bool IsWalked(OhciControl list, uint filled) => (_control & list) != 0 && (_command & filled) != 0;
            _reach.Collect(
                _hcca,
                (_control & OhciControl.PeriodicList) != 0,
                IsWalked(OhciControl.ControlList, ControlFilled) ? _plain[OhciRegister.ControlHead] : 0,
                IsWalked(OhciControl.BulkList, BulkFilled) ? _plain[OhciRegister.BulkHead] : 0);
        }

        return _reach.Contains(start, length);
    }

    private bool IsOperational => (_control & StateMask) == OhciControl.Operational;

    private ulong FrameNow => IsOperational ? (_pacer.Now - _frameStart) / UsbPacer.Frame : _frame;

    /// <summary>As after power-on.</summary>
    public void Reset()
    {
        ResetHost();
        _control = OhciControl.Reset;
        _hub.Reset();
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
    }

    /// <inheritdoc/>
    public void OnConnected(int port) => _hub.OnConnected(port);

    /// <inheritdoc/>
    public void OnDisconnected(int port) => _hub.OnDisconnected(port);

    /// <inheritdoc/>
    public void OnReady(int port)
    {
        bool wakes = _hub.OnReady(port) || IsWakeupOfSuspendedBus(port);
        if (wakes)
            DetectResume();
        Kick();
    }

    private uint ReadRegister(int offset) => offset switch
    {
        OhciRegister.Revision => RevisionNumber,
        OhciRegister.Control => (uint)_control,
        OhciRegister.CommandStatus => _command,
        OhciRegister.InterruptStatus => (uint)_status,
        OhciRegister.InterruptEnable or OhciRegister.InterruptDisable => (uint)_enabled,
        OhciRegister.Hcca => _hcca,
        OhciRegister.DoneHead => _schedule.DoneHead,
        OhciRegister.FrameRemaining => FrameRemaining(),
        OhciRegister.FrameNumber => (ushort)FrameNow,
        OhciRegister.HubA => _hub.A,
        OhciRegister.HubB => _hub.B,
        OhciRegister.HubStatus => _hub.Status,
        >= OhciRegister.FirstPort when (offset - OhciRegister.FirstPort) / 4 < (int)(_hub.A & 0xff) =>
        _hub.Read((offset - OhciRegister.FirstPort) / 4),
        < OhciRegister.HubA => _plain[offset],
        _ => 0,
    };

    private void WriteRegister(int offset, uint value)
    {
        _changes++;
        switch (offset)
        {
            case OhciRegister.Control:
                SetControl((OhciControl)value & OhciControl.Writable);
                break;
            case OhciRegister.CommandStatus:
                Command(value);
                break;
            case OhciRegister.InterruptStatus:
                _status &= ~((OhciCause)value & (OhciCause.All | OhciCause.Ownership));
                Kick();
                break;
            case OhciRegister.InterruptEnable:
                _enabled |= (OhciCause)value & (OhciCause.All | OhciCause.Ownership | OhciCause.Master);
                Kick();
                break;
            case OhciRegister.InterruptDisable:
                _enabled &= ~(OhciCause)value;
                break;
            case OhciRegister.Hcca:
                _hcca = value & ~(uint)(CommunicationsSize - 1);
                break;
            case OhciRegister.FrameInterval:
                _plain[offset] = value & 0xffff_3fff;
                _intervalToggle = value >> 31 != 0;
                break;
            case OhciRegister.PeriodicStart:
                _plain[offset] = value & 0x3fff;
                break;
            case OhciRegister.LowSpeedThreshold:
                _plain[offset] = value & 0xfff;
                break;
            case OhciRegister.ControlHead or OhciRegister.ControlCurrent or OhciRegister.BulkHead or OhciRegister.BulkCurrent:
                _plain[offset] = value & ~0xfu;
                break;
            case OhciRegister.HubA:
                _hub.A = value;
                break;
            case OhciRegister.HubB:
                _hub.B = value;
                break;
            case OhciRegister.HubStatus:
                _hub.WriteStatus(value);
                break;
            case >= OhciRegister.FirstPort when (offset - OhciRegister.FirstPort) / 4 < (int)(_hub.A & 0xff):
                _hub.Write((offset - OhciRegister.FirstPort) / 4, value);
                break;
        }

        UpdateLine();
    }

    private void Command(uint value)
    {
        if ((value & HostReset) != 0)
        {
            // The root hub is not reset (OHCI 1.0a, 7.1.3). It is done before the guest can read it.
            OhciControl kept = _control & (OhciControl.WakeupConnected | (OhciControl)(1 << 8));
            ResetHost();
            _control = kept | OhciControl.Suspend;
            return;
        }

        _command |= value & (ControlFilled | BulkFilled);
        if ((value & OwnershipChange) != 0)
            _status |= OhciCause.Ownership;
        Kick();
    }

    private void SetControl(OhciControl value)
    {
        bool was = IsOperational;
        ulong frame = FrameNow;
        _control = value;
        if (IsOperational && !was)
        {
            // Frame numbers go on from where they stopped.
            _frameStart = _pacer.Now - (frame * UsbPacer.Frame);
            _frame = frame;
        }
        else if (!IsOperational)
        {
            _frame = frame;
            _pacer.Stop();
        }

        Kick();
    }

    private void ResetHost()
    {
        _pacer.Stop();
        _schedule.Reset();
        Array.Clear(_plain);
        _plain[OhciRegister.FrameInterval] = DefaultInterval;
        _plain[OhciRegister.LowSpeedThreshold] = 0x628;
        _status = _enabled = OhciCause.None;
        _command = 0;
        _hcca = 0;
        _intervalToggle = false;
        _frame = _frameStart = _busyUntil = 0;
    }

    private uint FrameRemaining()
    {
        if (!IsOperational)
            return 0;
        ulong into = (_pacer.Now - _frameStart) % UsbPacer.Frame;
        ulong interval = _plain[OhciRegister.FrameInterval] & 0x3fff;
        return (uint)(interval - (into * interval / UsbPacer.Frame)) | (_intervalToggle ? 1u << 31 : 0);
    }

    // The guest or a device has done something: frames are checked again.
    private void Kick()
    {
        if (!IsOperational || _schedule.HasFailed)
            return;
        ulong now = FrameNow;
        _busyUntil = now + BusyFrames;
        if (HasWork())
            _pacer.ScanAt(_frameStart + ((now + 1) * UsbPacer.Frame));
    }

    private bool HasWork() =>
        (_control & OhciControl.PeriodicList) != 0
        || ((_control & OhciControl.ControlList) != 0 && (_command & ControlFilled) != 0)
        || ((_control & OhciControl.BulkList) != 0 && (_command & BulkFilled) != 0)
        || _schedule.DoneHead != 0
        || IsAwaited(OhciCause.StartOfFrame)
        || IsAwaited(OhciCause.FrameNumberOverflow);

    private bool IsAwaited(OhciCause cause) => (_enabled & cause) != 0 && (_status & cause) == 0;

    private void OnFrame()
    {
        if (!IsOperational || _schedule.HasFailed)
            return;
        _changes++;
        ulong frame = FrameNow;
        if (((frame ^ _frame) & ~0x7fffUL) != 0)
            _status |= OhciCause.FrameNumberOverflow;
        _frame = frame;
        _status |= OhciCause.StartOfFrame;
        _schedule.BeginFrame();
        WalkLists((ushort)frame);
        WriteBack((ushort)frame);
        if (_schedule.HasFailed)
        {
            // The controller stands still until it is reset (OHCI 1.0a, 7.1.4: UnrecoverableError).
            _status |= OhciCause.Error;
            UpdateLine();
            return;
        }

        if (_schedule.HasMoved)
            _busyUntil = frame + BusyFrames;
        UpdateLine();
        if (!HasWork())
            return;
        bool isBusy = frame < _busyUntil || IsAwaited(OhciCause.StartOfFrame) || (_schedule.DoneHead != 0 && _schedule.DoneDelay != 7);
        _pacer.ScanAt(_frameStart + ((frame + (isBusy ? 1 : RareFrames)) * UsbPacer.Frame));
    }

    private void WalkLists(ushort frame)
    {
        if ((_control & OhciControl.PeriodicList) != 0)
        {
            Span<byte> entry = stackalloc byte[4];
            if (_dma.Read(new IoAddress(_hcca) + (4 * (frame & 31u)), entry) != DmaFault.None)
            {
                _schedule.Fail();
                return;
            }

            uint head = BinaryPrimitives.ReadUInt32LittleEndian(entry) & ~0xfu;
            _schedule.Walk(head, isPeriodic: true, (_control & OhciControl.Isochronous) != 0, frame);
        }

        // The guest says by a bit that a list has transfers. It stays set while it has (OHCI 1.0a, 6.4.4.2).
        WalkFilled(OhciControl.ControlList, ControlFilled, OhciRegister.ControlHead, frame);
        WalkFilled(OhciControl.BulkList, BulkFilled, OhciRegister.BulkHead, frame);
    }

    private void WalkFilled(OhciControl list, uint filled, int head, ushort frame)
    {
        if ((_control & list) == 0 || (_command & filled) == 0 || _schedule.HasFailed)
            return;
        if (!_schedule.Walk(_plain[head], isPeriodic: false, allowsIsochronous: false, frame))
            _command &= ~filled;
    }

    // Tells the guest the frame's number and, when their time has come, the transfers that have ended.
    private void WriteBack(ushort frame)
    {
        if (_schedule.HasFailed)
            return;
        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, frame);
        bool isDone = false;
        if (_schedule.DoneHead != 0 && (_status & OhciCause.DoneHead) == 0)
        {
            isDone = _schedule.DoneDelay == 0;
            if (_schedule.DoneDelay is > 0 and < 7)
                _schedule.DoneDelay--;
        }

        if (isDone)
        {
            bool others = (_status & _enabled & OhciCause.All) != 0;
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], _schedule.DoneHead | (others ? 1u : 0));
        }

        if (_dma.Write(new IoAddress(_hcca) + FrameNumberAt, bytes[..(isDone ? 8 : 4)]) != DmaFault.None)
        {
            _schedule.Fail();
            return;
        }

        if (!isDone)
            return;
        _schedule.DoneHead = 0;
        _schedule.DoneDelay = 7;
        _status |= OhciCause.DoneHead;
    }

    private bool IsWakeupOfSuspendedBus(int port) =>
        (_control & StateMask) == OhciControl.Suspend && _hub.IsWakeupEnabled(port);

    private void DetectResume()
    {
        if ((_control & StateMask) != OhciControl.Suspend)
            return;
        _control = (_control & ~StateMask) | OhciControl.Resume;
        _status |= OhciCause.Resume;
        UpdateLine();
    }

    private void OnHubChanged()
    {
        _status |= OhciCause.RootHub;
        if (_hub.ConnectWakes)
            DetectResume();
        UpdateLine();
    }

    private void UpdateLine() =>
        _line?.SetLevel((_enabled & OhciCause.Master) != 0 && (_status & _enabled & (OhciCause.All | OhciCause.Ownership)) != 0);
}

/// <summary>What the controller for full and low speed remembers.</summary>
/// <param name="Control">HcControl.</param>
/// <param name="Status">HcInterruptStatus.</param>
/// <param name="Enabled">HcInterruptEnable.</param>
/// <param name="Communications">HcHCCA.</param>
/// <param name="Transactions">Transactions since the last reset.</param>
/// <param name="Unanswered">Those that no device answered.</param>
/// <param name="Failed">It could not reach the guest's memory, and waits for a reset.</param>
public sealed record OhciState(
    uint Control, uint Status, uint Enabled, uint Communications, long Transactions, long Unanswered, bool Failed);
