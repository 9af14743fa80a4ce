using CellPpe.Core.Stops;

using SpuRuntime.Arithmetic;
using SpuRuntime.Isa;

namespace SpuRuntime.Execution.Stops;

/// <summary>What an instruction would access in local store, found without executing it (SPU ISA chapter 3).</summary>
internal static unsafe class LocalStoreAccess
{
    /// <summary>Every access is one of an aligned quadword.</summary>
    public const int Bytes = 16;

    /// <summary>True for loads and stores.</summary>
    public static bool Has(SpuOp op) => op is SpuOp.Lqd or SpuOp.Lqx or SpuOp.Lqa or SpuOp.Lqr || Stores(op);

    /// <summary>The quadword that a decoded instruction would access with the registers as they are.</summary>
    /// <returns>False: none.</returns>
    public static bool TryFind(SpuContext* c, DecodedInsn* i, out uint quadword, out WatchedAccess access)
    {
        SpuOp op = SpuDecoder.Decode(i->Word);
        access = Stores(op) ? WatchedAccess.Store : WatchedAccess.Load;
        quadword = 0;
        if (!Has(op))
            return false;
        quadword = c->QuadwordMask & op switch
        {
            SpuOp.Lqd or SpuOp.Stqd => Register(c, new RI10qForm(i->Word).Ra) + (uint)new RI10qForm(i->Word).I10,
            SpuOp.Lqx or SpuOp.Stqx => Register(c, new RRForm(i->Word).Ra) + Register(c, new RRForm(i->Word).Rb),
            SpuOp.Lqa or SpuOp.Stqa => (uint)new RI16aForm(i->Word).Abs,
            _ => c->AddressOf(i) + (uint)new RI16rForm(i->Word).Rel,
        };
        return true;
    }

    private static bool Stores(SpuOp op) => op is SpuOp.Stqd or SpuOp.Stqx or SpuOp.Stqa or SpuOp.Stqr;

    private static uint Register(SpuContext* c, int register) => Preferred.In(c->State.Registers[register]);
}
