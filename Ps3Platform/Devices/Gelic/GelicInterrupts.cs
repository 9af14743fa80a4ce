using CellPpe.Core;
using CellPpe.Core.Ports;

namespace Ps3Platform.Devices.Gelic;

/// <summary>Causes of the controller's event: the bits of the interrupt status word.</summary>
[Flags]
internal enum GelicCauses : ulong
{
    None = 0,
    TransmitInvalidDescriptor = 0x0000_0000_0000_0008,
    ReceiveChainEnd = 0x0000_0000_0000_4000,
    TransmitProtection = 0x0000_0000_0040_0000,
    ReceiveProtection = 0x0000_0000_0400_0000,
    PortStatusChanged = 0x0000_0000_2000_0000,
    TransmitChainEnd = 0x0100_0000_0000_0000,
    NumberOfReceivedFrames = 0x1000_0000_0000_0000,

    /// <summary>All that the transmit engine reports.</summary>
    Transmit = TransmitInvalidDescriptor | TransmitProtection | TransmitChainEnd,
}

/// <summary>
/// Latches causes, publishes the unmasked ones in the guest's status word and raises the event.
/// </summary>
/// <remarks>
/// The guest never clears the word, and a device does not see end-of-interrupt. A published cause therefore stays in the
/// word until the guest shows that it has seen it: it masks the cause (Linux does so before it polls), or it does what the
/// cause asks for (<see cref="Acknowledge"/>). So no cause is lost between event and handler, and the line merges events.
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
            _published &= _mask;
            WriteWord();
        }

        // Frames that came while the guest polled with receive masked must interrupt now.
        Deliver();
    }

    public void Report(GelicCauses causes)
    {
        _latched |= causes;
        Deliver();
    }

    /// <summary>The guest has acted on these causes: they need not be told any more.</summary>
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
        // A word that was unmapped since has nobody left who reads it.
        if (_word is { } address)
            memory.TryWriteUInt64(address, (ulong)_published);
    }
}
