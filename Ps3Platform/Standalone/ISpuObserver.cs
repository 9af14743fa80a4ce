using SpuRuntime.Engine;
using SpuRuntime.Execution;
using SpuRuntime.State;

namespace Ps3Platform.Standalone;

/// <summary>Called before and after each instruction of a program, on the thread that runs it.</summary>
public interface ISpuObserver
{
    /// <summary>The next instruction is about to be executed. False: the run ends here.</summary>
    bool Before(IObservedSpu spu);

    /// <summary>The instruction has been executed, or could not be.</summary>
    void After(IObservedSpu spu, SpuExit exit);
}

/// <summary>What an <see cref="ISpuObserver"/> sees of the program.</summary>
public interface IObservedSpu
{
    /// <summary>Registers and program counter.</summary>
    ref SpuState State { get; }

    /// <summary>The word at a local store address.</summary>
    uint WordAt(uint address);
}
