using CellPpe.Core;

using SpuRuntime.Events;
using SpuRuntime.RunControl;
using SpuRuntime.State;

namespace SpuRuntime.Registers;

/// <summary>lv1's read-only copy of privileged state 1 (spe.md 1.1). 64-bit loads only. Takes the SPE's lock; changes nothing.</summary>
internal sealed class SpeShadowArea(SpeLock speLock, SpeState spe, SpeInterrupts interrupts, RegisterLog log) : IMmioDevice
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

    /// <inheritdoc/>
    public ulong Read(ulong offset, int size)
    {
        using Lock.Scope scope = speLock.Enter();
        if (size == 8)
        {
            switch (offset)
            {
                case InterruptStatus0:
                    return interrupts.StatusOf(SpeInterruptBits.Error);
                case InterruptStatus1:
                    return interrupts.StatusOf(SpeInterruptBits.Translation);
                case InterruptStatus2:
                    return interrupts.StatusOf(SpeInterruptBits.Application);
                case Dsisr:
                    return spe.Mfc.Dsisr;
                case Dar:
                    return spe.Mfc.Dar;
                case FaultingCommand:
                    return spe.Mfc.FaultingCommand;
                case LocalStoreCompare:
                    return 0;
                case ErringCommand:
                    return spe.Mfc.ErringCommand;
                case ExecutionStatus:
                    return spe.IsEnabled ? Executed : Unexecutable;
                default:
                    break;
            }
        }

        log.NoSuchAccess(write: false, null, offset, size);
        return 0;
    }

    /// <inheritdoc/>
    public void Write(ulong offset, int size, ulong value)
    {
        using Lock.Scope scope = speLock.Enter();
        log.NoSuchAccess(write: true, null, offset, size, value);
    }
}
