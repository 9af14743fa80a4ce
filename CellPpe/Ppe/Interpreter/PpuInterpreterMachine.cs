using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

using CellPpe.Core.Ports;
using CellPpe.Ppe.Arithmetic;
using CellPpe.Ppe.Arithmetic.FloatingPoint.Results;
using CellPpe.Ppe.Locking;
using CellPpe.Ppe.Semantics;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Threads;
using CellPpe.Recompiler;

namespace CellPpe.Ppe.Interpreter;

/// <summary>
/// Runs semantics directly on the state. One lives for one instruction, in registers: every member is inlined into the
/// instruction's handler, and slow paths get pointers, never a reference to this struct, which would put it in memory.
/// Register indices come from five-bit fields, so the unchecked accesses stay inside the files.
/// </summary>
internal unsafe struct PpuInterpreterMachine(PpuContext* c, PpuDecodedInsn* i) : IPpuMachine<ulong, Vector128<byte>>
{
    private const ulong PageMask = ~0xfffUL;

    /// <summary>What the handler returns.</summary>
    public PpuDecodedInsn* Next = i + 1;

    // ---- Registers
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Gpr(int index) => c->State.Gpr[index];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong GprOrZero(int index) => index == 0 ? 0 : c->State.Gpr[index];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void SetGpr(int index, ulong value) => c->State.Gpr[index] = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Fpr(int index) => c->State.Fpr[index];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void SetFpr(int index, ulong value) => c->State.Fpr[index] = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector128<byte> Vr(int index) => VectorAt(index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void SetVr(int index, Vector128<byte> value) => VectorAt(index) = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Read(PpuRegister register) => register switch
    {
        PpuRegister.Lr => c->State.Lr,
        PpuRegister.Ctr => c->State.Ctr,
        PpuRegister.Msr => c->State.Msr,
        PpuRegister.Vrsave => c->State.Vrsave,
        PpuRegister.Fpscr => c->State.Fpscr.Value,
        _ => c->State.Vscr.Value,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Write(PpuRegister register, ulong value)
    {
        if (register == PpuRegister.Lr)
            c->State.Lr = value;
        else if (register == PpuRegister.Ctr)
            c->State.Ctr = value;
        else if (register == PpuRegister.Vrsave)
            c->State.Vrsave = (uint)value;
        else if (register == PpuRegister.Fpscr)
            c->State.Fpscr.Value = (uint)value;
        else if (register == PpuRegister.Vscr)
            c->State.Vscr.Value = (uint)value & (State.Vscr.Nj | State.Vscr.Sat);
        else
            throw new InvalidOperationException($"{register} is changed by an operation of its own");
    }

    public readonly ulong Cr() => c->State.CrValue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong CrField(int field) => c->State.Cr[field];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void SetCrField(int field, ulong fourBits) => c->State.Cr[field] = (byte)fourBits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong CrBit(int bit) => ((uint)c->State.Cr[bit >> 2] >> (3 - (bit & 3))) & 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void SetCrBit(int bit, ulong value)
    {
        int shift = 3 - (bit & 3);
        ref byte field = ref c->State.Cr[bit >> 2];
        field = (byte)((field & ~(1 << shift)) | ((int)value << shift));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Carry() => c->State.XerCa;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void SetCarry(ulong value) => c->State.XerCa = (byte)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void SetOverflow(ulong value)
    {
        c->State.XerOv = (byte)value;
        c->State.XerSo |= (byte)value;
    }

    public readonly ulong Xer() => c->State.XerValue;

    public readonly void SetXer(ulong value) => c->State.XerValue = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Cia() => c->AddressOf(i);

    // ---- Arithmetic
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Constant(ulong value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Add(ulong left, ulong right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Subtract(ulong left, ulong right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Multiply(ulong left, ulong right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong MultiplyHighSigned(ulong left, ulong right) => (ulong)Math.BigMul((long)left, (long)right, out _);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong MultiplyHighUnsigned(ulong left, ulong right) => Math.BigMul(left, right, out _);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong DivideSigned(ulong left, ulong right) =>
        right == 0 || (left == 1UL << 63 && right == ulong.MaxValue) ? 0 : (ulong)((long)left / (long)right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong DivideUnsigned(ulong left, ulong right) => right == 0 ? 0 : left / right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong And(ulong left, ulong right) => left & right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Or(ulong left, ulong right) => left | right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Xor(ulong left, ulong right) => left ^ right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Not(ulong value) => ~value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong ShiftLeft(ulong value, ulong amount) => amount > 63 ? 0 : value << (int)amount;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong ShiftRight(ulong value, ulong amount) => amount > 63 ? 0 : value >> (int)amount;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong ShiftRightArithmetic(ulong value, ulong amount) => (ulong)((long)value >> (int)Math.Min(amount, 63));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong RotateLeft(ulong value, ulong amount) => BitOperations.RotateLeft(value, (int)amount);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong CountLeadingZeros(ulong value) => (ulong)BitOperations.LeadingZeroCount(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong SignExtend8(ulong value) => (ulong)(long)(sbyte)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong SignExtend16(ulong value) => (ulong)(long)(short)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong SignExtend32(ulong value) => (ulong)(long)(int)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong ZeroExtend32(ulong value) => (uint)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong ByteReverse(ulong value, int bytes) => BinaryPrimitives.ReverseEndianness(value) >> (64 - (8 * bytes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Equal(ulong left, ulong right) => left == right ? 1UL : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong LessSigned(ulong left, ulong right) => (long)left < (long)right ? 1UL : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong LessUnsigned(ulong left, ulong right) => left < right ? 1UL : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Select(ulong condition, ulong whenNotZero, ulong whenZero) => condition != 0 ? whenNotZero : whenZero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong CarryOfSum(ulong left, ulong right, ulong carryIn)
    {
        if (c->ModeMask != ulong.MaxValue)
            return ((ulong)(uint)left + (uint)right + carryIn) >> 32;
        ulong sum = left + right;
        return (sum < left ? 1UL : 0) | (sum + carryIn < sum ? 1UL : 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong OverflowOfSum(ulong left, ulong right, ulong sum) =>
        (((left ^ sum) & (right ^ sum)) >> (c->ModeMask != ulong.MaxValue ? 31 : 63)) & 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void RecordCr0(ulong result)
    {
        long value = c->ModeMask != ulong.MaxValue ? (int)result : (long)result;
        c->State.Cr[0] = (byte)(Order(value, 0) | c->State.XerSo);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void RecordCr1() => c->State.Cr[1] = (byte)(c->State.Fpscr.Value >> 28);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void CompareSigned(int field, ulong left, ulong right) =>
        c->State.Cr[field] = (byte)(Order((long)left, (long)right) | c->State.XerSo);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void CompareUnsigned(int field, ulong left, ulong right) =>
        c->State.Cr[field] = (byte)((left < right ? 8 : left > right ? 4 : 2) | c->State.XerSo);

    // ---- Storage. The last byte's page must be the entry's page: an access that crosses a page never matches, because
    // the next page has another index.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryLoad8(ulong address, out ulong value)
    {
        address &= c->ModeMask;
        TlbEntry* entry = Entry(address);
        if (entry->ReadTag == (address & PageMask))
        {
            value = *(byte*)((nint)address + entry->Addend);
            return true;
        }

        return LoadSlow(address, 1, out value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryLoad16(ulong address, out ulong value)
    {
        address &= c->ModeMask;
        TlbEntry* entry = Entry(address);
        if (entry->ReadTag == ((address + 1) & PageMask))
        {
            value = BinaryPrimitives.ReverseEndianness(*(ushort*)((nint)address + entry->Addend));
            return true;
        }

        return LoadSlow(address, 2, out value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryLoad32(ulong address, out ulong value)
    {
        address &= c->ModeMask;
        TlbEntry* entry = Entry(address);
        if (entry->ReadTag == ((address + 3) & PageMask))
        {
            value = BinaryPrimitives.ReverseEndianness(*(uint*)((nint)address + entry->Addend));
            return true;
        }

        return LoadSlow(address, 4, out value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryLoad64(ulong address, out ulong value)
    {
        address &= c->ModeMask;
        TlbEntry* entry = Entry(address);
        if (entry->ReadTag == ((address + 7) & PageMask))
        {
            value = BinaryPrimitives.ReverseEndianness(*(ulong*)((nint)address + entry->Addend));
            return true;
        }

        return LoadSlow(address, 8, out value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryStore8(ulong address, ulong value)
    {
        address &= c->ModeMask;
        TlbEntry* entry = Entry(address);
        if (entry->WriteTag == (address & PageMask))
        {
            *(byte*)((nint)address + entry->Addend) = (byte)value;
            return true;
        }

        return StoreSlow(address, 1, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryStore16(ulong address, ulong value)
    {
        address &= c->ModeMask;
        TlbEntry* entry = Entry(address);
        if (entry->WriteTag == ((address + 1) & PageMask))
        {
            *(ushort*)((nint)address + entry->Addend) = BinaryPrimitives.ReverseEndianness((ushort)value);
            return true;
        }

        return StoreSlow(address, 2, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryStore32(ulong address, ulong value)
    {
        address &= c->ModeMask;
        TlbEntry* entry = Entry(address);
        if (entry->WriteTag == ((address + 3) & PageMask))
        {
            *(uint*)((nint)address + entry->Addend) = BinaryPrimitives.ReverseEndianness((uint)value);
            return true;
        }

        return StoreSlow(address, 4, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryStore64(ulong address, ulong value)
    {
        address &= c->ModeMask;
        TlbEntry* entry = Entry(address);
        if (entry->WriteTag == ((address + 7) & PageMask))
        {
            *(ulong*)((nint)address + entry->Addend) = BinaryPrimitives.ReverseEndianness(value);
            return true;
        }

        return StoreSlow(address, 8, value);
    }

    public bool TryLoadVector(ulong address, out Vector128<byte> value)
    {
        address &= c->ModeMask & ~15UL;
        TlbEntry* entry = Entry(address);
        if (entry->ReadTag == (address & PageMask))
        {
            value = Reverse(*(Vector128<byte>*)((nint)address + entry->Addend));
            return true;
        }

        bool ok = LoadSlow(address, 8, out ulong high);
        ulong low = 0;
        ok = ok && LoadSlow(address + 8, 8, out low);
        value = VectorOf(high, low);
        return ok;
    }

    public bool TryStoreVector(ulong address, Vector128<byte> value)
    {
        address &= c->ModeMask & ~15UL;
        TlbEntry* entry = Entry(address);
        if (entry->WriteTag == (address & PageMask))
        {
            *(Vector128<byte>*)((nint)address + entry->Addend) = Reverse(value);
            return true;
        }

        return StoreSlow(address, 8, VectorHigh(value)) && StoreSlow(address + 8, 8, VectorLow(value));
    }

    public bool TryLoadVectorIf(ulong condition, ulong address, out Vector128<byte> value)
    {
        if (condition != 0)
            return TryLoadVector(address, out value);
        value = Vector128<byte>.Zero;
        return true;
    }

    public bool TryStoreVectorLeft(ulong address, Vector128<byte> value)
    {
        // The block does not cross a page: if its first byte can be stored, so can the rest.
        for (int index = 0; index < 16 - (int)(address & 15); index++)
        {
            if (!TryStore8(address + (ulong)index, value.GetElement(15 - index)))
                return false;
        }

        return true;
    }

    public bool TryStoreVectorRight(ulong address, Vector128<byte> value)
    {
        int count = (int)(address & 15);
        for (int index = 0; index < count; index++)
        {
            if (!TryStore8((address & ~15UL) + (ulong)index, value.GetElement(count - 1 - index)))
                return false;
        }

        return true;
    }

    // With one host thread for both hardware threads, program order is storage order.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Barrier(StorageBarrier kind)
    {
        if (c->Shared == 0)
            return;
        if (kind == StorageBarrier.Full)
            Interlocked.MemoryBarrier();
        else
            HostBarrier.Order();
    }

    // ---- Control
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Branch(ulong target)
    {
        Next = PpuLoop.Lookup(c, target & c->ModeMask & ~3UL);
        if (Next != null)
            InterpreterSlowPaths.Arrive(c, Next);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void BranchIf(ulong condition, ulong target)
    {
        if (condition != 0)
            Branch(target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void BranchRelative(int displacement)
    {
        // Sixteen bytes an entry, four an instruction: offsets within the page scale by four.
        long offset = ((byte*)i - (byte*)c->PageBase) + ((long)displacement * 4);
        if ((ulong)offset < 1024 * 16)
        {
            Next = (PpuDecodedInsn*)((byte*)c->PageBase + offset);
            if (displacement < 0)
                InterpreterSlowPaths.Arrive(c, Next);
        }
        else
        {
            Branch(Cia() + (ulong)(long)displacement);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void BranchRelativeIf(ulong condition, int displacement)
    {
        if (condition != 0)
            BranchRelative(displacement);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong IsZeroInMode(ulong value) => (value & c->ModeMask) == 0 ? 1UL : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void TrapIf(ulong condition)
    {
        if (condition != 0)
            Next = c->Interrupt(i, Vectors.Program, ProgramInterrupt.Trap);
    }

    public void IllegalInstruction() => Next = c->Interrupt(i, Vectors.Program, ProgramInterrupt.Illegal);

    public void Call<TOperation>()
        where TOperation : struct, ISystemOperation => Next = TOperation.Execute(c, i);

    public void CallBetween<TOperation>()
        where TOperation : struct, ISystemOperation
    {
        c->State.Nia = c->AddressOf(i);
        c->Between = &TOperation.Execute;
        c->BetweenInsn = i;
        c->Exit = PpuLoopExit.Between;
        Next = null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool RequireFloatingPoint()
    {
        if ((c->State.Msr & Msr.Fp) != 0)
            return true;
        Next = c->Interrupt(i, Vectors.FloatingPointUnavailable, 0);
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool RequireVector()
    {
        if ((c->State.Msr & Msr.Vec) != 0)
            return true;
        Next = c->Interrupt(i, Vectors.VectorUnavailable, 0);
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool RequireSupervisor()
    {
        if ((c->State.Msr & Msr.Pr) == 0)
            return true;
        Next = c->Interrupt(i, Vectors.Program, ProgramInterrupt.Privileged);
        return false;
    }

    // ---- Floating point and vectors
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Float<TOperation>(int target, ulong b)
        where TOperation : struct, IPpuFloatUnary
    {
        if (TOperation.Apply(ref c->State.Fpscr, b, out ulong result))
            c->State.Fpr[target] = result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Float<TOperation>(int target, ulong a, ulong b)
        where TOperation : struct, IPpuFloatBinary
    {
        if (TOperation.Apply(ref c->State.Fpscr, a, b, out ulong result))
            c->State.Fpr[target] = result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Float<TOperation>(int target, ulong a, ulong multiplier, ulong b)
        where TOperation : struct, IPpuFloatTernary
    {
        if (TOperation.Apply(ref c->State.Fpscr, a, multiplier, b, out ulong result))
            c->State.Fpr[target] = result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void FloatCompare<TOperation>(int field, ulong a, ulong b)
        where TOperation : struct, IPpuFloatCompare => c->State.Cr[field] = (byte)TOperation.Apply(ref c->State.Fpscr, a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong DoubleFromSingle(ulong single) => FloatConversion.DoubleFromSingle((uint)single);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong SingleFromDouble(ulong value) => FloatConversion.SingleFromDouble(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void FinishFloat(bool record)
    {
        if (record)
            RecordCr1();
        if ((c->State.Fpscr.Value & Fpscr.Fex) != 0 && (c->State.Msr & (Msr.Fe0 | Msr.Fe1)) != 0)
            Next = c->Interrupt(i, Vectors.Program, ProgramInterrupt.FloatingPointEnabled);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector128<byte> Vector<TOperation>(Vector128<byte> b)
        where TOperation : struct, IPpuVectorUnary => TOperation.Apply(b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector128<byte> Vector<TOperation>(Vector128<byte> a, Vector128<byte> b)
        where TOperation : struct, IPpuVectorBinary => TOperation.Apply(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector128<byte> Vector<TOperation>(Vector128<byte> a, Vector128<byte> b, Vector128<byte> third)
        where TOperation : struct, IPpuVectorTernary => TOperation.Apply(a, b, third);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector128<byte> VectorImmediate<TOperation>(Vector128<byte> b, int immediate)
        where TOperation : struct, IPpuVectorImmediate => TOperation.Apply(b, immediate);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector128<byte> VectorImmediate<TOperation>(Vector128<byte> a, Vector128<byte> b, int immediate)
        where TOperation : struct, IPpuVectorBinaryImmediate => TOperation.Apply(a, b, immediate);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector128<byte> VectorStatus<TOperation>(Vector128<byte> b)
        where TOperation : struct, IPpuVectorStatusUnary => TOperation.Apply(ref c->State.Vscr, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector128<byte> VectorStatusImmediate<TOperation>(Vector128<byte> b, int immediate)
        where TOperation : struct, IPpuVectorStatusImmediate => TOperation.Apply(ref c->State.Vscr, b, immediate);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector128<byte> VectorStatus<TOperation>(Vector128<byte> a, Vector128<byte> b)
        where TOperation : struct, IPpuVectorStatusBinary => TOperation.Apply(ref c->State.Vscr, a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector128<byte> VectorStatus<TOperation>(Vector128<byte> a, Vector128<byte> b, Vector128<byte> third)
        where TOperation : struct, IPpuVectorStatusTernary => TOperation.Apply(ref c->State.Vscr, a, b, third);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong VectorHigh(Vector128<byte> value) => value.AsUInt64().GetElement(1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong VectorLow(Vector128<byte> value) => value.AsUInt64().GetElement(0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector128<byte> VectorOf(ulong high, ulong low) => Vector128.Create(low, high).AsByte();

    public readonly Vector128<byte> VectorShiftLeftBytes(Vector128<byte> value, ulong count)
    {
        UInt128 number = new UInt128(VectorHigh(value), VectorLow(value)) << (int)(count * 8);
        return count > 15 ? Vector128<byte>.Zero : VectorOf((ulong)(number >> 64), (ulong)number);
    }

    public readonly Vector128<byte> VectorShiftRightBytes(Vector128<byte> value, ulong count)
    {
        UInt128 number = new UInt128(VectorHigh(value), VectorLow(value)) >> (int)(count * 8);
        return count > 15 ? Vector128<byte>.Zero : VectorOf((ulong)(number >> 64), (ulong)number);
    }

    public readonly ulong VectorElement(Vector128<byte> value, ulong offset, int size)
    {
        UInt128 number = new UInt128(VectorHigh(value), VectorLow(value)) >> (8 * (16 - size - (int)offset));
        return (ulong)number & (ulong.MaxValue >> (64 - (8 * size)));
    }

    public readonly void RecordCr6(Vector128<byte> mask) =>
        c->State.Cr[6] = (byte)(mask == Vector128<byte>.AllBitsSet ? 8 : mask == Vector128<byte>.Zero ? 2 : 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Order(long left, long right) => left < right ? 8 : left > right ? 4 : 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Reverse(Vector128<byte> value) =>
        Vector128.Shuffle(value, Vector128.Create((byte)15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly ref Vector128<byte> VectorAt(int index) =>
        ref Unsafe.Add(ref Unsafe.As<VectorFile, Vector128<byte>>(ref c->State.Vr), index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly TlbEntry* Entry(ulong address) => c->Tlb + ((address >> 12) & (PpuContext.TlbEntries - 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool LoadSlow(ulong address, int size, out ulong value)
    {
        if (InterpreterSlowPaths.LoadSlow(c, i, address, size, out value))
            return true;
        Next = null;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool StoreSlow(ulong address, int size, ulong value)
    {
        if (InterpreterSlowPaths.StoreSlow(c, i, address, size, value))
            return true;
        Next = null;
        return false;
    }
}
