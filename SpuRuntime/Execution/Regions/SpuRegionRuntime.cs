using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

using SpuRuntime.Execution.Interpreter;

namespace SpuRuntime.Execution.Regions;

/// <summary>What compiled regions call.</summary>
internal static unsafe class SpuRegionRuntime
{
    /// <summary>A quadword of local store as a register, and back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Reverse(Vector128<byte> value) =>
        Vector128.Shuffle(value, Vector128.Create((byte)15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));

    /// <summary>The same of four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> ReverseFour(Vector512<byte> four) => Avx512BW.Shuffle(
        four,
        Vector512.Create(
            0x08090a0b0c0d0e0ful, 0x0001020304050607, 0x08090a0b0c0d0e0f, 0x0001020304050607, 0x08090a0b0c0d0e0f, 0x0001020304050607,
            0x08090a0b0c0d0e0f, 0x0001020304050607).AsByte());

    /// <summary>A quadword of local store, as it is there, four times.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector512<byte> LoadFourTimes(nint address) => Avx512F.BroadcastVector128ToVector512((uint*)address).AsByte();

    /// <summary>Waits until every access before it is done.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FullBarrier() => Interlocked.MemoryBarrier();

    /// <summary>Leaves a region.</summary>
    /// <param name="c">The SPU.</param>
    /// <param name="left">What is left of the budget.</param>
    /// <param name="encoded">How: a <see cref="SpuRegionExit"/>.</param>
    /// <param name="target">Where a computed exit goes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static SpuDecodedInsn* Depart(SpuContext* c, long left, nint encoded, ulong target)
    {
        SpuRegionExit exit = SpuRegionExit.Decode(encoded);
        c->Compiled += c->Left - left;
        c->Entries++;
        // The loop counts the region as one instruction.
        c->Left = left + 1;
        SpuDecodedInsn* next = c->At(exit.Address);
        switch (exit.Kind)
        {
            case SpuRegionExitKind.Step:
                SpuInterpreter.Arrive(c, next);
                return next;
            case SpuRegionExitKind.Computed:
                if (c->Targets[exit.Address >> 2] != (uint)target)
                    NoteTarget(c, exit.Address, (uint)target);
                next = c->At((uint)target);
                SpuInterpreter.Arrive(c, next);
                return next;
            case SpuRegionExitKind.Stop:
                return next;
            case SpuRegionExitKind.SideExit:
                NoteSideExit(c, exit.Address);
                break;
        }

        // The region has counted this instruction; the loop will.
        c->Compiled--;
        return c->Owner.HandlerOf(next)(c, next);
    }

    /// <summary>Runs one instruction by the interpreter, where a region begins that may not be entered now.</summary>
    public static SpuDecodedInsn* Refuse(SpuContext* c, SpuDecodedInsn* i) => c->Owner.HandlerOf(i)(c, i);

    /// <summary>The same, where indices of shuffles are not as they were when the region was made.</summary>
    public static SpuDecodedInsn* Unfit(SpuContext* c, SpuDecodedInsn* i)
    {
        c->Owner.Regions!.NoteUnfit(c->AddressOf(i));
        return c->Owner.HandlerOf(i)(c, i);
    }

    /// <summary>One or the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Either(Vector128<byte> left, Vector128<byte> right) => left | right;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void NoteTarget(SpuContext* c, uint branch, uint target)
    {
        c->Targets[branch >> 2] = target;
        c->Owner.Regions!.NoteTarget(branch, target);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void NoteSideExit(SpuContext* c, uint address)
    {
        c->SideExits++;
        c->Owner.Regions!.NoteSideExit(address);
    }
}
