using System.Runtime.CompilerServices;

using CellPpe.Ppe.Isa;
using CellPpe.Ppe.Operations;
using CellPpe.Recompiler;

namespace CellPpe.Ppe.Semantics;

/// <summary>Cache management, reservations and barriers (Book II 3).</summary>
internal readonly struct PpuStorageSemantics<TMachine, T, TVector> : IPpuStorageSemantics<TMachine>
    where TMachine : struct, IPpuMachine<T, TVector>
{
    // Stores to executed pages drop the decoded instructions at once, so instruction caches are always coherent here;
    // icbi, dcbst and dcbf still translate their address and can fault like a load (Book II 3.2).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Icbi(ref TMachine m, XcbForm i) => m.TryLoad8(Address(ref m, i), out _);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Dcbst(ref TMachine m, XcbForm i) => m.TryLoad8(Address(ref m, i), out _);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Dcbf(ref TMachine m, XcbForm i) => m.TryLoad8(Address(ref m, i), out _);

    // The PPE's cache line is 128 bytes.
    public static void Dcbz(ref TMachine m, XcbForm i)
    {
        T address = m.And(Address(ref m, i), m.Constant(~127UL));
        T zero = m.Constant(0);
        for (ulong offset = 0; offset < 128; offset += 8)
        {
            if (!m.TryStore64(m.Add(address, m.Constant(offset)), zero))
                return;
        }
    }

    // Touches are hints and never fault.
    public static void Dcbt(ref TMachine m, XcbtForm i)
    {
    }

    public static void Dcbtst(ref TMachine m, XcbtForm i)
    {
    }

    public static void Lwarx(ref TMachine m, XForm i) => m.Call<LoadReserve>();

    public static void Ldarx(ref TMachine m, XForm i) => m.Call<LoadReserve>();

    public static void StwcxDot(ref TMachine m, XsForm i) => m.Call<StoreConditional>();

    public static void StdcxDot(ref TMachine m, XsForm i) => m.Call<StoreConditional>();

    // Book II 3.3.3. L = 1 is lwsync, 2 is ptesync; what L = 3 does is left open.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Sync(ref TMachine m, XsyncForm i) => m.Barrier(i.L == 1 ? StorageBarrier.Order : StorageBarrier.Full);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Eieio(ref TMachine m, XsyncForm i) => m.Barrier(StorageBarrier.Order);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Isync(ref TMachine m, XsyncForm i) => m.Barrier(StorageBarrier.Context);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Address(ref TMachine m, XcbForm i) => m.Add(m.GprOrZero(i.Ra), m.Gpr(i.Rb));
}
