using SpuRuntime.Engine;
using SpuRuntime.Execution;
using SpuRuntime.State;

namespace Ps3Platform.Standalone;

/// <summary>Called before and after each instruction of a program, on the thread that runs it.</summary>
public interface ISpuObserver
{
    /// <summary>Called before the next instruction is executed. Return false to end the run there.</summary>
    bool Before(IObservedSpu spu);

    /// <summary>Called when the instruction has been executed or has failed.</summary>
    void After(IObservedSpu spu, SpuExit exit);
}

/// <summary>The program's state, for an <see cref="ISpuObserver"/>.</summary>
public interface IObservedSpu
{
    /// <summary>Registers and program counter.</summary>
    ref SpuState State { get; }

    /// <summary>The word at a local store address.</summary>
    uint WordAt(uint address);
}
