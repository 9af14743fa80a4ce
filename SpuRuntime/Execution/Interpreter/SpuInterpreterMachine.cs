using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

using SpuRuntime.Arithmetic;
using SpuRuntime.Arithmetic.Integer;
using SpuRuntime.Engine;
using SpuRuntime.Semantics;
using SpuRuntime.State;

namespace SpuRuntime.Execution.Interpreter;

/// <summary>
/// Runs semantics directly on the state. One lives for one instruction, in registers: every member is inlined into the instruction's
/// handler, and slow paths get pointers, never a reference to this struct, which would put it in memory. Register indices come from
/// seven-bit fields and local store addresses are masked, so the unchecked accesses stay inside the file and the store.
/// </summary>
internal unsafe struct SpuInterpreterMachine(SpuContext* c, SpuDecodedInsn* i) : ISpuMachine<ulong, Vector128<byte>>
{
    /// <summary>What the handler returns.</summary>
    public SpuDecodedInsn* Next = i + 1;

    private static Vector128<byte> Reversed
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.Create((byte)15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    }

    public void IllegalInstruction() => Next = SpuInterpreter.LeaveBefore(c, i, SpuExitReason.InvalidInstruction, 0);

    // ---- Registers
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector128<byte> Gpr(int index) =>
        Unsafe.Add(ref Unsafe.As<SpuState.RegisterFile, Vector128<byte>>(ref c->State.Registers), (nint)(uint)index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void SetGpr(int index, Vector128<byte> value) =>
        Unsafe.Add(ref Unsafe.As<SpuState.RegisterFile, Vector128<byte>>(ref c->State.Registers), (nint)(uint)index) = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector128<byte> Fpscr() => c->State.Fpscr;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void SetFpscr(Vector128<byte> value) => c->State.Fpscr = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Srr0() => c->State.Srr0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly uint Cia() => c->AddressOf(i);

    // ---- Values
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Constant(uint value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector128<byte> Constant(Vector128<byte> value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Preferred(Vector128<byte> register) => Arithmetic.Preferred.In(register);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector128<byte> InPreferred(ulong word) => Arithmetic.Preferred.Of((uint)word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Add(ulong left, ulong right) => (uint)left + (uint)right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong And(ulong left, ulong right) => left & right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Equal(ulong left, ulong right) => left == right ? 1UL : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong NotEqual(ulong left, ulong right) => left != right ? 1UL : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong GreaterSigned(ulong left, ulong right) => (int)left > (int)right ? 1UL : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong GreaterUnsigned(ulong left, ulong right) => left > right ? 1UL : 0;

    // ---- Arithmetic
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector128<byte> Vector<TOperation>(Vector128<byte> a)
        where TOperation : struct, ISpuVectorUnary => TOperation.Apply(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector128<byte> Vector<TOperation>(Vector128<byte> a, Vector128<byte> b)
        where TOperation : struct, ISpuVectorBinary => TOperation.Apply(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector128<byte> Vector<TOperation>(Vector128<byte> a, Vector128<byte> b, Vector128<byte> third)
        where TOperation : struct, ISpuVectorTernary => TOperation.Apply(a, b, third);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector128<byte> VectorImmediate<TOperation>(Vector128<byte> a, int immediate)
        where TOperation : struct, ISpuVectorImmediate => TOperation.Apply(a, immediate);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector128<byte> Float<TOperation>(Vector128<byte> a)
        where TOperation : struct, ISpuFloatUnary => TOperation.Apply(ref c->State.Fpscr, a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector128<byte> Float<TOperation>(Vector128<byte> a, Vector128<byte> b)
        where TOperation : struct, ISpuFloatBinary => TOperation.Apply(ref c->State.Fpscr, a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector128<byte> Float<TOperation>(Vector128<byte> a, Vector128<byte> b, Vector128<byte> third)
        where TOperation : struct, ISpuFloatTernary => TOperation.Apply(ref c->State.Fpscr, a, b, third);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector128<byte> FloatImmediate<TOperation>(Vector128<byte> a, int immediate)
        where TOperation : struct, ISpuFloatImmediate => TOperation.Apply(ref c->State.Fpscr, a, immediate);

    // ---- Local store
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector128<byte> Load(ulong address) =>
        Vector128.Shuffle(Vector128.LoadAligned(c->LocalStore + ((uint)address & c->QuadwordMask)), Reversed);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(ulong address, Vector128<byte> value)
    {
        uint offset = (uint)address & c->QuadwordMask;
        Vector128.Shuffle(value, Reversed).StoreAligned(c->LocalStore + offset);
        if (c->Decoded[offset >> 4] != 0)
            SpuInterpreter.Drop(c, offset);
    }

    public readonly void Synchronize(bool channels) => SpuInterpreter.Synchronize(c);

    // Nothing is ever late: the host keeps a thread's accesses in order for itself, and x86 for others but for a load behind a store.
    public readonly void SynchronizeData() => Interlocked.MemoryBarrier();

    // ---- Control
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Branch(ulong target, InterruptChange interrupts)
    {
        Next = c->At((uint)target);
        SpuInterpreter.Arrive(c, Next);
        if (interrupts == InterruptChange.None)
            return;
        c->State.InterruptEnable = interrupts == InterruptChange.Enable ? 1u : 0;
        if (interrupts == InterruptChange.Enable)
            Next = SpuInterpreter.TakeInterrupt(c, Next);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void BranchIf(ulong condition, ulong target, InterruptChange interrupts)
    {
        if (condition != 0)
            Branch(target, interrupts);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void BranchTo(uint target)
    {
        Next = c->At(target);
        SpuInterpreter.Arrive(c, Next);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void BranchToIf(ulong condition, uint target)
    {
        if (condition != 0)
            BranchTo(target);
    }

    public readonly ulong EventPending() => SpuInterpreter.EventPending(c) ? 1UL : 0;

    public void Stop(uint type) => Next = SpuInterpreter.LeaveAfter(c, i, SpuExitReason.Stopped, type);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void HaltIf(ulong condition)
    {
        if (condition != 0)
            Next = SpuInterpreter.LeaveAfter(c, i, SpuExitReason.Halted, 0);
    }

    // ---- Channels
    public void ReadChannel(int channel, int target) => Next = SpuInterpreter.ReadChannel(c, i, channel, target);

    public void WriteChannel(int channel, ulong value) => Next = SpuInterpreter.WriteChannel(c, i, channel, (uint)value);

    public readonly ulong ChannelCount(int channel) => SpuInterpreter.ChannelCount(c, channel);
}
