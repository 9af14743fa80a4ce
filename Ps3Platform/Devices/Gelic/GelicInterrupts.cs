using CellPpe.Core;
using CellPpe.Core.Ports;

namespace Ps3Platform.Devices.Gelic;

/// <summary>Causes of the controller's event: the bits of the interrupt status word.</summary>
[Flags]
internal enum GelicCauses : ulong
{
    None = 0,
    TransmitShortFrame = 0x0000_0000_0000_0004,
    TransmitInvalidDescriptor = 0x0000_0000_0000_0008,
    ReceiveChainEnd = 0x0000_0000_0000_4000,
    ReceiveInvalidDescriptor = 0x0000_0000_0000_8000,
    TransmitProtection = 0x0000_0000_0040_0000,
    ReceiveProtection = 0x0000_0000_0400_0000,
    TransmitChecksum = 0x0000_0000_0800_0000,
    PortStatusChanged = 0x0000_0000_2000_0000,
    WirelessEventReceived = 0x0000_0000_4000_0000,
    WirelessCommandCompleted = 0x0000_0000_8000_0000,
    TransmitChainEnd = 0x0100_0000_0000_0000,
    NumberOfReceivedFrames = 0x1000_0000_0000_0000,

    /// <summary>All that the transmit engine reports.</summary>
    Transmit = TransmitShortFrame | TransmitInvalidDescriptor | TransmitProtection | TransmitChecksum | TransmitChainEnd,

    /// <summary>All that the receive engine reports.</summary>
    Receive = ReceiveChainEnd | ReceiveInvalidDescriptor | ReceiveProtection | NumberOfReceivedFrames,
}

/// <summary>
/// Latches causes, publishes the unmasked ones in the guest's status word and raises the event.
/// </summary>
/// <remarks>
/// The guest never clears the word, and a device does not see end-of-interrupt. A published cause therefore stays in the word until the
/// guest shows that it has seen it. For a receive cause, that is masking it, as Linux does before it polls. For the others it is doing what
/// the cause asks for (<see cref="Acknowledge"/>): Linux masks them also when it takes the interface down, perhaps before its handler has
/// read the word, and would wait forever for the end of a transmission that it has not been told of. So no cause is lost between
/// event and handler, and the line merges events.
/// </remarks>
internal sealed class GelicInterrupts(GuestMemory memory)
{
    private GelicCauses _latched;
    private GelicCauses _mask;
    private GelicCauses _published;
    private LparAddress? _word;
    private IInterruptLine? _line;

    public LparAddress? Word => _word;

    public ulong Mask => (ulong)_mask;

    public ulong Latched => (ulong)_latched;

    public ulong Published => (ulong)_published;

    public void Connect(IInterruptLine? line)
    {
        _line = line;
        Deliver();
    }

    /// <summary>False when the word is not in memory the guest may write.</summary>
    public bool TrySetWord(LparAddress? word)
    {
        if (word is { } address && !memory.TrySlice(address, sizeof(ulong), RegionAccess.Write, out _))
            return false;
        _word = word;
        _published = GelicCauses.None;
        Deliver();
        return true;
    }

    public void SetMask(ulong mask)
    {
        _mask = (GelicCauses)mask;
        if ((_published & ~_mask) != 0)
        {
            _latched |= _published & ~_mask & ~GelicCauses.Receive;
            _published &= _mask;
            WriteWord();
        }

        // Frames that came while the guest polled with receive causes masked interrupt now.
        Deliver();
    }

    public void Report(GelicCauses causes)
    {
        _latched |= causes;
        Deliver();
    }

    /// <summary>The guest has acted on these causes: they are not reported any more.</summary>
    public void Acknowledge(GelicCauses causes)
    {
        _latched &= ~causes;
        if ((_published & causes) == 0)
            return;
        _published &= ~causes;
        WriteWord();
    }

    public void Reset()
    {
        _latched = GelicCauses.None;
        _mask = GelicCauses.None;
        _published = GelicCauses.None;
        _word = null;
    }

    private void Deliver()
    {
        GelicCauses due = _latched & _mask;
        if (due == 0 || _line is null || _word is null)
            return;
        _latched &= ~due;
        _published |= due;
        WriteWord();
        _line.Raise();
    }

    private void WriteWord()
    {
        // A word whose memory was unmapped since is not read any more.
        if (_word is { } address)
            memory.TryWriteUInt64(address, (ulong)_published);
    }
}
