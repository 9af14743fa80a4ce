using CellPpe.Core.Stops;

using SpuRuntime.Arithmetic;
using SpuRuntime.Isa;
using SpuRuntime.State;

namespace SpuRuntime.Execution.Interpreter;

/// <summary>What an instruction would access in local store, found without executing it (SPU ISA chapter 3).</summary>
internal static class LocalStoreAccess
{
    /// <summary>Every access is one of an aligned quadword.</summary>
    public const int Bytes = 16;

    /// <summary>True for loads and stores.</summary>
    public static bool Has(SpuOp op) => op is SpuOp.Lqd or SpuOp.Lqx or SpuOp.Lqa or SpuOp.Lqr || Stores(op);

    /// <summary>The quadword that an instruction would access with the registers as they are.</summary>
    /// <param name="word">The instruction.</param>
    /// <param name="address">Its address.</param>
    /// <param name="state">The SPU's registers.</param>
    /// <param name="quadwordMask">Address bits of a quadword access (<see cref="SpuState.LocalStoreLimit"/>).</param>
    /// <param name="quadword">The quadword's address.</param>
    /// <param name="access">Whether it is loaded or stored.</param>
    /// <returns>False: none.</returns>
    public static bool TryFind(uint word, uint address, in SpuState state, uint quadwordMask, out uint quadword, out WatchedAccess access)
    {
        SpuOp op = SpuDecoder.Decode(word);
        access = Stores(op) ? WatchedAccess.Store : WatchedAccess.Load;
        quadword = 0;
        if (!Has(op))
            return false;
        quadword = quadwordMask & op switch
        {
            SpuOp.Lqd or SpuOp.Stqd => Register(state, new RI10qForm(word).Ra) + (uint)new RI10qForm(word).I10,
            SpuOp.Lqx or SpuOp.Stqx => Register(state, new RRForm(word).Ra) + Register(state, new RRForm(word).Rb),
            SpuOp.Lqa or SpuOp.Stqa => (uint)new RI16aForm(word).Abs,
            _ => address + (uint)new RI16rForm(word).Rel,
        };
        return true;
    }

    private static bool Stores(SpuOp op) => op is SpuOp.Stqd or SpuOp.Stqx or SpuOp.Stqa or SpuOp.Stqr;

    private static uint Register(in SpuState state, int register) => Preferred.In(state.Registers[register]);
}
