using CellPpe.Recompiler.Inspection;

namespace CellPpe.Recompiler.Backends;

/// <summary>Turns blocks into something that runs.</summary>
public interface IIrBackend
{
    /// <summary>Makes a block runnable; it must be well formed (see <see cref="IrVerifier"/>).</summary>
    ICompiledBlock Compile(IrBlock block);
}

/// <summary>A block that runs. A cache: it can be dropped at any time it is not running, and made again.</summary>
public unsafe interface ICompiledBlock
{
    /// <summary>Runs the block once.</summary>
    /// <param name="state">The architected state struct, which the block's slots are offsets into.</param>
    /// <param name="host">The core it runs on.</param>
    BlockExit Run(byte* state, IBlockHost host);
}

/// <summary>How a block was left.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Site">Where, and after how many guest instructions.</param>
/// <param name="Target">Where guest code goes on, for <see cref="IrExitKind.Next"/>.</param>
/// <param name="Exit">The details, except for <see cref="IrExitKind.Host"/>.</param>
public readonly record struct BlockExit(IrExitKind Kind, IrSite Site, ulong Target = 0, IrExit? Exit = null);

/// <summary>What a running block asks of the core it runs on: everything beyond registers.</summary>
public interface IBlockHost
{
    /// <summary>Loads 1, 2, 4 or 8 big-endian bytes. False: it faulted, and the host has noted how to go on.</summary>
    bool TryLoad(in IrSite site, ulong address, int bytes, out ulong value);

    /// <summary>Stores 1, 2, 4 or 8 big-endian bytes. False: it faulted, nothing is stored, and the host has noted how to go on.</summary>
    bool TryStore(in IrSite site, ulong address, int bytes, ulong value);

    /// <summary>Runs a routine on the whole state. False: the block must be left, and the host has noted how to go on.</summary>
    bool TryPerform(in IrSite site, IrRoutine routine, uint word);
}
