using System.Runtime.Intrinsics;

using SpuRuntime.Isa;

namespace SpuRuntime.Semantics;

/// <summary>Control and channel instructions (SPU ISA chapters 10 and 11).</summary>
internal readonly struct SpuControlSemantics<TMachine, T, TVector> : ISpuControlSemantics<TMachine>
    where TMachine : struct, ISpuMachine<T, TVector>
{
    // What a stopd leaves in the status register's stop and signal type (CBE Public Registers, SPU_Status).
    private const uint StopWithDependencies = 0x3fff;

    public static void Stop(ref TMachine m, STOPForm i) => m.Stop((uint)i.Type);

    public static void Stopd(ref TMachine m, RRcForm i) => m.Stop(StopWithDependencies);

    public static void Lnop(ref TMachine m, RRForm i)
    {
    }

    public static void Nop(ref TMachine m, RRForm i)
    {
    }

    public static void Sync(ref TMachine m, SYNCForm i, bool c) => m.Synchronize(c);

    public static void Dsync(ref TMachine m, RRForm i) => m.SynchronizeData();

    // A Cell BE has no special-purpose registers: they read as zero, and writing does nothing.
    public static void Mfspr(ref TMachine m, SPRForm i) => m.SetGpr(i.Rt, m.Constant(Vector128<byte>.Zero));

    public static void Mtspr(ref TMachine m, SPRForm i)
    {
    }

    public static void Rdch(ref TMachine m, CHForm i) => m.ReadChannel(i.Ca, i.Rt);

    public static void Rchcnt(ref TMachine m, CHForm i) => m.SetGpr(i.Rt, m.InPreferred(m.ChannelCount(i.Ca)));

    public static void Wrch(ref TMachine m, CHForm i) => m.WriteChannel(i.Ca, m.Preferred(m.Gpr(i.Rt)));
}
