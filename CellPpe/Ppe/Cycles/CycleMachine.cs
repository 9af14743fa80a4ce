using System.Runtime.Intrinsics;

using CellPpe.Core;
using CellPpe.Ppe.Arithmetic;
using CellPpe.Ppe.Interpreter;
using CellPpe.Ppe.Semantics;
using CellPpe.Ppe.State;
using CellPpe.Recompiler;

namespace CellPpe.Ppe.Cycles;

/// <summary>
/// Runs one instruction on the copied state of a <see cref="CycleRun"/>. Registers and arithmetic are the interpreter's own;
/// storage, branches and operations on the whole state are answered without changing anything outside the copy, or refused.
/// </summary>
internal unsafe struct CycleMachine(CycleRun run, PpuContext* c, PpuDecodedInsn* i) : IPpuMachine<ulong, Vector128<byte>>
{
    // Its storage members are not used: they would fill the thread's caches and reach devices.
    private PpuInterpreterMachine _machine = new(c, i);

    /// <summary>Where the instruction went, or null: to the next one.</summary>
    public ulong? Target { get; private set; }

    public void IllegalInstruction() => _machine.IllegalInstruction();

    // ---- Storage
    public readonly bool TryLoad8(ulong address, out ulong value) => run.TryLoad(address, 1, out value);

    public readonly bool TryLoad16(ulong address, out ulong value) => run.TryLoad(address, 2, out value);

    public readonly bool TryLoad32(ulong address, out ulong value) => run.TryLoad(address, 4, out value);

    public readonly bool TryLoad64(ulong address, out ulong value) => run.TryLoad(address, 8, out value);

    public readonly bool TryStore8(ulong address, ulong value) => run.TryStore(address, 1, value);

    public readonly bool TryStore16(ulong address, ulong value) => run.TryStore(address, 2, value);

    public readonly bool TryStore32(ulong address, ulong value) => run.TryStore(address, 4, value);

    public readonly bool TryStore64(ulong address, ulong value) => run.TryStore(address, 8, value);

    public readonly bool TryLoadVector(ulong address, out Vector128<byte> value)
    {
        ulong block = address & ~15UL;
        bool loaded = run.TryLoad(block, 8, out ulong high);
        ulong low = 0;
        loaded = loaded && run.TryLoad(block + 8, 8, out low);
        value = VectorOf(high, low);
        return loaded;
    }

    public readonly bool TryStoreVector(ulong address, Vector128<byte> value)
    {
        ulong block = address & ~15UL;
        return run.TryStore(block, 8, VectorHigh(value)) && run.TryStore(block + 8, 8, VectorLow(value));
    }

    public readonly bool TryLoadVectorIf(ulong condition, ulong address, out Vector128<byte> value)
    {
        value = Vector128<byte>.Zero;
        return condition == 0 || TryLoadVector(address, out value);
    }

    public readonly bool TryStoreVectorLeft(ulong address, Vector128<byte> value) => run.Refuse("it stores parts of vectors");

    public readonly bool TryStoreVectorRight(ulong address, Vector128<byte> value) => run.Refuse("it stores parts of vectors");

    public readonly void Barrier(StorageBarrier kind)
    {
    }

    // ---- Control
    public void Branch(ulong target) => Target = target & ~3UL;

    public void BranchIf(ulong condition, ulong target)
    {
        if (condition != 0)
            Branch(target);
    }

    public void BranchRelative(int displacement) => Branch(Cia() + (ulong)(long)displacement);

    public void BranchRelativeIf(ulong condition, int displacement)
    {
        if (condition != 0)
            BranchRelative(displacement);
    }

    public readonly void Call<TOperation>()
        where TOperation : struct, ISystemOperation => run.Operate(typeof(TOperation), i->Word);

    public readonly void CallBetween<TOperation>()
        where TOperation : struct, ISystemOperation => run.Operate(typeof(TOperation), i->Word);

    // ---- As the interpreter does it
    public readonly ulong Gpr(int index) => _machine.Gpr(index);

    public readonly ulong GprOrZero(int index) => _machine.GprOrZero(index);

    public readonly void SetGpr(int index, ulong value) => _machine.SetGpr(index, value);

    public readonly ulong Fpr(int index) => _machine.Fpr(index);

    public readonly void SetFpr(int index, ulong value) => _machine.SetFpr(index, value);

    public readonly Vector128<byte> Vr(int index) => _machine.Vr(index);

    public readonly void SetVr(int index, Vector128<byte> value) => _machine.SetVr(index, value);

    public readonly ulong Read(PpuRegister register) => _machine.Read(register);

    public readonly void Write(PpuRegister register, ulong value) => _machine.Write(register, value);

    public readonly ulong Cr() => _machine.Cr();

    public readonly ulong CrField(int field) => _machine.CrField(field);

    public readonly void SetCrField(int field, ulong fourBits) => _machine.SetCrField(field, fourBits);

    public readonly ulong CrBit(int bit) => _machine.CrBit(bit);

    public readonly void SetCrBit(int bit, ulong value) => _machine.SetCrBit(bit, value);

    public readonly ulong Carry() => _machine.Carry();

    public readonly void SetCarry(ulong value) => _machine.SetCarry(value);

    public readonly void SetOverflow(ulong value) => _machine.SetOverflow(value);

    public readonly ulong Xer() => _machine.Xer();

    public readonly void SetXer(ulong value) => _machine.SetXer(value);

    public readonly ulong Cia() => _machine.Cia();

    public readonly ulong Constant(ulong value) => _machine.Constant(value);

    public readonly ulong Add(ulong left, ulong right) => _machine.Add(left, right);

    public readonly ulong Subtract(ulong left, ulong right) => _machine.Subtract(left, right);

    public readonly ulong Multiply(ulong left, ulong right) => _machine.Multiply(left, right);

    public readonly ulong MultiplyHighSigned(ulong left, ulong right) => _machine.MultiplyHighSigned(left, right);

    public readonly ulong MultiplyHighUnsigned(ulong left, ulong right) => _machine.MultiplyHighUnsigned(left, right);

    public readonly ulong DivideSigned(ulong left, ulong right) => _machine.DivideSigned(left, right);

    public readonly ulong DivideUnsigned(ulong left, ulong right) => _machine.DivideUnsigned(left, right);

    public readonly ulong And(ulong left, ulong right) => _machine.And(left, right);

    public readonly ulong Or(ulong left, ulong right) => _machine.Or(left, right);

    public readonly ulong Xor(ulong left, ulong right) => _machine.Xor(left, right);

    public readonly ulong Not(ulong value) => _machine.Not(value);

    public readonly ulong ShiftLeft(ulong value, ulong amount) => _machine.ShiftLeft(value, amount);

    public readonly ulong ShiftRight(ulong value, ulong amount) => _machine.ShiftRight(value, amount);

    public readonly ulong ShiftRightArithmetic(ulong value, ulong amount) => _machine.ShiftRightArithmetic(value, amount);

    public readonly ulong RotateLeft(ulong value, ulong amount) => _machine.RotateLeft(value, amount);

    public readonly ulong CountLeadingZeros(ulong value) => _machine.CountLeadingZeros(value);

    public readonly ulong SignExtend8(ulong value) => _machine.SignExtend8(value);

    public readonly ulong SignExtend16(ulong value) => _machine.SignExtend16(value);

    public readonly ulong SignExtend32(ulong value) => _machine.SignExtend32(value);

    public readonly ulong ZeroExtend32(ulong value) => _machine.ZeroExtend32(value);

    public readonly ulong ByteReverse(ulong value, int bytes) => _machine.ByteReverse(value, bytes);

    public readonly ulong Equal(ulong left, ulong right) => _machine.Equal(left, right);

    public readonly ulong LessSigned(ulong left, ulong right) => _machine.LessSigned(left, right);

    public readonly ulong LessUnsigned(ulong left, ulong right) => _machine.LessUnsigned(left, right);

    public readonly ulong Select(ulong condition, ulong whenNotZero, ulong whenZero) => _machine.Select(condition, whenNotZero, whenZero);

    public readonly ulong CarryOfSum(ulong left, ulong right, ulong carryIn) => _machine.CarryOfSum(left, right, carryIn);

    public readonly ulong OverflowOfSum(ulong left, ulong right, ulong sum) => _machine.OverflowOfSum(left, right, sum);

    public readonly void RecordCr0(ulong result) => _machine.RecordCr0(result);

    public readonly void RecordCr1() => _machine.RecordCr1();

    public readonly void CompareSigned(int field, ulong left, ulong right) => _machine.CompareSigned(field, left, right);

    public readonly void CompareUnsigned(int field, ulong left, ulong right) => _machine.CompareUnsigned(field, left, right);

    public readonly ulong IsZeroInMode(ulong value) => _machine.IsZeroInMode(value);

    public void TrapIf(ulong condition) => _machine.TrapIf(condition);

    public bool RequireFloatingPoint() => _machine.RequireFloatingPoint();

    public bool RequireVector() => _machine.RequireVector();

    public bool RequireSupervisor() => _machine.RequireSupervisor();

    public readonly void Float<TOperation>(int target, ulong b)
        where TOperation : struct, IPpuFloatUnary => _machine.Float<TOperation>(target, b);

    public readonly void Float<TOperation>(int target, ulong a, ulong b)
        where TOperation : struct, IPpuFloatBinary => _machine.Float<TOperation>(target, a, b);

    public readonly void Float<TOperation>(int target, ulong a, ulong c, ulong b)
        where TOperation : struct, IPpuFloatTernary => _machine.Float<TOperation>(target, a, c, b);

    public readonly void FloatCompare<TOperation>(int field, ulong a, ulong b)
        where TOperation : struct, IPpuFloatCompare => _machine.FloatCompare<TOperation>(field, a, b);

    public readonly ulong DoubleFromSingle(ulong single) => _machine.DoubleFromSingle(single);

    public readonly ulong SingleFromDouble(ulong value) => _machine.SingleFromDouble(value);

    public void FinishFloat(bool record) => _machine.FinishFloat(record);

    public readonly Vector128<byte> Vector<TOperation>(Vector128<byte> b)
        where TOperation : struct, IPpuVectorUnary => _machine.Vector<TOperation>(b);

    public readonly Vector128<byte> Vector<TOperation>(Vector128<byte> a, Vector128<byte> b)
        where TOperation : struct, IPpuVectorBinary => _machine.Vector<TOperation>(a, b);

    public readonly Vector128<byte> Vector<TOperation>(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c)
        where TOperation : struct, IPpuVectorTernary => _machine.Vector<TOperation>(a, b, c);

    public readonly Vector128<byte> VectorImmediate<TOperation>(Vector128<byte> b, int immediate)
        where TOperation : struct, IPpuVectorImmediate => _machine.VectorImmediate<TOperation>(b, immediate);

    public readonly Vector128<byte> VectorImmediate<TOperation>(Vector128<byte> a, Vector128<byte> b, int immediate)
        where TOperation : struct, IPpuVectorBinaryImmediate => _machine.VectorImmediate<TOperation>(a, b, immediate);

    public readonly Vector128<byte> VectorStatus<TOperation>(Vector128<byte> b)
        where TOperation : struct, IPpuVectorStatusUnary => _machine.VectorStatus<TOperation>(b);

    public readonly Vector128<byte> VectorStatusImmediate<TOperation>(Vector128<byte> b, int immediate)
        where TOperation : struct, IPpuVectorStatusImmediate => _machine.VectorStatusImmediate<TOperation>(b, immediate);

    public readonly Vector128<byte> VectorStatus<TOperation>(Vector128<byte> a, Vector128<byte> b)
        where TOperation : struct, IPpuVectorStatusBinary => _machine.VectorStatus<TOperation>(a, b);

    public readonly Vector128<byte> VectorStatus<TOperation>(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c)
        where TOperation : struct, IPpuVectorStatusTernary => _machine.VectorStatus<TOperation>(a, b, c);

    public readonly ulong VectorHigh(Vector128<byte> value) => _machine.VectorHigh(value);

    public readonly ulong VectorLow(Vector128<byte> value) => _machine.VectorLow(value);

    public readonly Vector128<byte> VectorOf(ulong high, ulong low) => _machine.VectorOf(high, low);

    public readonly Vector128<byte> VectorShiftLeftBytes(Vector128<byte> value, ulong count) => _machine.VectorShiftLeftBytes(value, count);

    public readonly Vector128<byte> VectorShiftRightBytes(Vector128<byte> value, ulong count) =>
        _machine.VectorShiftRightBytes(value, count);

    public readonly ulong VectorElement(Vector128<byte> value, ulong offset, int size) => _machine.VectorElement(value, offset, size);

    public readonly void RecordCr6(Vector128<byte> mask) => _machine.RecordCr6(mask);
}
