namespace SpuRuntime.Engine;

/// <summary>Why an SPU has left its instructions.</summary>
public enum SpuExitReason
{
    /// <summary>It has done as many as it was told to.</summary>
    Budget,

    /// <summary>A channel instruction would block: the program counter is still at it. The argument is the channel's number.</summary>
    Blocked,

    /// <summary><c>stop</c> or <c>stopd</c>: the program counter is behind it. The argument is the 14-bit stop and signal type.</summary>
    Stopped,

    /// <summary>A conditional halt (<c>heq</c> and its kin) was taken.</summary>
    Halted,

    /// <summary>The word at the program counter is no instruction.</summary>
    InvalidInstruction,

    /// <summary>A channel instruction named a channel that is not there, or in the wrong direction.</summary>
    InvalidChannel,

    /// <summary>One instruction was executed in single-step mode.</summary>
    SingleStep,

    /// <summary>Another thread asked it to leave (<see cref="State.SpuState.Attention"/>); that thread knows why.</summary>
    Attention,

    /// <summary>The program counter is at an instruction before which it shall stop (<see cref="ISpuEngine.Stops"/>).</summary>
    StopPoint,
}

/// <summary>How an SPU left its instructions.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Argument">What the reason says it is; else 0.</param>
public readonly record struct SpuExit(SpuExitReason Reason, uint Argument = 0);
