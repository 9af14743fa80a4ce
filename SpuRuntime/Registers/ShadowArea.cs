using CellPpe.Core;

namespace SpuRuntime.Registers;

/// <summary>lv1's read-only copy of privileged state 1 (spe.md 1.1). 64-bit loads only. Takes the SPE's lock.</summary>
internal sealed class ShadowArea(LogicalSpe spe) : IMmioDevice
{
    private const ulong InterruptStatus0 = 0x140;
    private const ulong InterruptStatus1 = 0x148;
    private const ulong InterruptStatus2 = 0x150;
    private const ulong Dsisr = 0x610;
    private const ulong Dar = 0x620;
    private const ulong FaultingCommand = 0x800;
    private const ulong LocalStoreCompare = 0x810;
    private const ulong ErringCommand = 0xc00;
    private const ulong ExecutionStatus = 0xf00;

    // What lv1 says of a logical SPE.
    private const ulong Unexecutable = 0;
    private const ulong Executed = 3;

    private readonly RegisterLog _log = new(spe.Environment.Log, spe.Number, "shadow");

    /// <inheritdoc/>
    public ulong Read(ulong offset, int size)
    {
        using SpeScope scope = spe.Enter();
        if (size == 8)
        {
            switch (offset)
            {
                case InterruptStatus0:
                    return spe.Interrupts.StatusOf(SpeInterruptBits.Error);
                case InterruptStatus1:
                    return spe.Interrupts.StatusOf(SpeInterruptBits.Translation);
                case InterruptStatus2:
                    return spe.Interrupts.StatusOf(SpeInterruptBits.Application);
                case Dsisr:
                    return spe.Mfc.State.Dsisr;
                case Dar:
                    return spe.Mfc.State.Dar;
                case FaultingCommand:
                    return spe.Mfc.State.FaultingCommand;
                case LocalStoreCompare:
                    return 0;
                case ErringCommand:
                    return spe.Mfc.State.ErringCommand;
                case ExecutionStatus:
                    return spe.IsEnabled ? Executed : Unexecutable;
                default:
                    break;
            }
        }

        _log.NoSuchAccess(write: false, null, offset, size);
        return 0;
    }

    /// <inheritdoc/>
    public void Write(ulong offset, int size, ulong value)
    {
        using SpeScope scope = spe.Enter();
        _log.NoSuchAccess(write: true, null, offset, size, value);
    }
}
