using CellPpe.Core.Stops;

using SpuRuntime.State;

namespace SpuRuntime.Engine;

/// <summary>Runs one SPU's instructions over its state and local store: an interpreter, or compiled regions.</summary>
public interface ISpuEngine
{
    /// <summary>
    /// The architected state, which does not move. It belongs to the host thread that runs it, and else to the SPE's lock.
    /// </summary>
    ref SpuState State { get; }

    /// <summary>
    /// Its breakpoints, watchpoints and exact runs. An exact run goes past run control: <c>LogicalSpe.Stops</c> does not.
    /// </summary>
    IStops Stops { get; }

    /// <summary>
    /// Executes instructions until it has done <paramref name="budget"/> of them, one ends it, or <see cref="SpuState.Attention"/> is
    /// seen. One host thread at a time.
    /// </summary>
    SpuExit Run(long budget);

    /// <summary>
    /// Bytes of local store were changed by DMA. From any host thread, also while another is in <see cref="Run"/>: what was decoded or
    /// compiled from them must not be used after the next <c>sync</c>, branch or start at the latest.
    /// </summary>
    void Invalidate(uint address, uint length);

    /// <summary>
    /// Anything in local store may have changed without a call of <see cref="Invalidate"/> (a PPE stores into it as memory). Called
    /// before the SPU is started, while it does not run.
    /// </summary>
    void CodeMayHaveChanged();
}

/// <summary>Makes the engine of an SPU.</summary>
public unsafe interface ISpuEngineFactory
{
    /// <summary>An engine for the SPU whose local store is the 256 KB at <paramref name="localStore"/>, in guest byte order.</summary>
    ISpuEngine Create(byte* localStore, ISpuChannels channels);
}
