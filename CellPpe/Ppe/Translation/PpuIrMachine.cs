using CellPpe.Ppe.Arithmetic;
using CellPpe.Ppe.Semantics;
using CellPpe.Ppe.State;
using CellPpe.Recompiler;

namespace CellPpe.Ppe.Translation;

/// <summary>
/// Appends what an instruction would do to a block instead of doing it. An access never "faults" here: its fault leaves
/// the block by the access itself, so that what follows is the case where it has succeeded.
/// </summary>
internal readonly struct PpuIrMachine(IrBlock block, PpuIrMode mode, uint word) : IPpuMachine<IrValue, IrValue>
{
    // ---- Registers
    public IrValue Gpr(int index) => block.Read(PpuIrSlots.Gpr(index));

    public IrValue GprOrZero(int index) => index == 0 ? Constant(0) : Gpr(index);

    public void SetGpr(int index, IrValue value) => block.Write(PpuIrSlots.Gpr(index), value);

    public IrValue Fpr(int index) => block.Read(PpuIrSlots.Fpr(index));

    public void SetFpr(int index, IrValue value) => block.Write(PpuIrSlots.Fpr(index), value);

    public IrValue Vr(int index) => block.Read(PpuIrSlots.Vr(index));

    public void SetVr(int index, IrValue value) => block.Write(PpuIrSlots.Vr(index), value);

    public IrValue Read(PpuRegister register) => block.Read(SlotOf(register));

    public void Write(PpuRegister register, IrValue value)
    {
        if (register == PpuRegister.Msr)
            throw new InvalidOperationException($"{register} is changed by an operation of its own");
        block.Write(SlotOf(register), register == PpuRegister.Vscr ? And(value, Constant(Vscr.Nj | Vscr.Sat)) : value);
    }

    public IrValue Cr()
    {
        IrValue value = CrField(7);
        for (int field = 0; field < 7; field++)
            value = Or(value, ShiftLeft(CrField(field), Constant((ulong)(28 - (4 * field)))));
        return value;
    }

    public IrValue CrField(int field) => block.Read(PpuIrSlots.Cr(field));

    public void SetCrField(int field, IrValue fourBits) => block.Write(PpuIrSlots.Cr(field), fourBits);

    public IrValue CrBit(int bit) => And(ShiftRight(CrField(bit >> 2), Constant((ulong)(3 - (bit & 3)))), Constant(1));

    public void SetCrBit(int bit, IrValue value)
    {
        int shift = 3 - (bit & 3);
        IrValue others = And(CrField(bit >> 2), Constant(15UL & ~(1UL << shift)));
        SetCrField(bit >> 2, Or(others, ShiftLeft(value, Constant((ulong)shift))));
    }

    public IrValue Carry() => block.Read(PpuIrSlots.XerCa);

    public void SetCarry(IrValue value) => block.Write(PpuIrSlots.XerCa, value);

    public void SetOverflow(IrValue value)
    {
        block.Write(PpuIrSlots.XerOv, value);
        block.Write(PpuIrSlots.XerSo, Or(block.Read(PpuIrSlots.XerSo), value));
    }

    public IrValue Xer()
    {
        IrValue summary = Or(
            ShiftLeft(block.Read(PpuIrSlots.XerSo), Constant(31)),
            ShiftLeft(block.Read(PpuIrSlots.XerOv), Constant(30)));
        return Or(Or(summary, ShiftLeft(Carry(), Constant(29))), block.Read(PpuIrSlots.XerCount));
    }

    public void SetXer(IrValue value)
    {
        block.Write(PpuIrSlots.XerSo, BitOf(value, 31));
        block.Write(PpuIrSlots.XerOv, BitOf(value, 30));
        block.Write(PpuIrSlots.XerCa, BitOf(value, 29));
        block.Write(PpuIrSlots.XerCount, And(value, Constant(0x7f)));
    }

    public IrValue Cia() => Constant(block.Site.Address);

    // ---- Arithmetic
    public IrValue Constant(ulong value) => block.Constant(value);

    public IrValue Add(IrValue left, IrValue right) => block.Binary(IrOp.Add, left, right);

    public IrValue Subtract(IrValue left, IrValue right) => block.Binary(IrOp.Subtract, left, right);

    public IrValue Multiply(IrValue left, IrValue right) => block.Binary(IrOp.Multiply, left, right);

    public IrValue MultiplyHighSigned(IrValue left, IrValue right) => block.Binary(IrOp.MultiplyHighSigned, left, right);

    public IrValue MultiplyHighUnsigned(IrValue left, IrValue right) => block.Binary(IrOp.MultiplyHighUnsigned, left, right);

    public IrValue DivideSigned(IrValue left, IrValue right) => block.Binary(IrOp.DivideSigned, left, right);

    public IrValue DivideUnsigned(IrValue left, IrValue right) => block.Binary(IrOp.DivideUnsigned, left, right);

    public IrValue And(IrValue left, IrValue right) => block.Binary(IrOp.And, left, right);

    public IrValue Or(IrValue left, IrValue right) => block.Binary(IrOp.Or, left, right);

    public IrValue Xor(IrValue left, IrValue right) => block.Binary(IrOp.Xor, left, right);

    public IrValue Not(IrValue value) => block.Unary(IrOp.Not, value);

    public IrValue ShiftLeft(IrValue value, IrValue amount) => block.Binary(IrOp.ShiftLeft, value, amount);

    public IrValue ShiftRight(IrValue value, IrValue amount) => block.Binary(IrOp.ShiftRight, value, amount);

    public IrValue ShiftRightArithmetic(IrValue value, IrValue amount) => block.Binary(IrOp.ShiftRightArithmetic, value, amount);

    public IrValue RotateLeft(IrValue value, IrValue amount) => block.Binary(IrOp.RotateLeft, value, amount);

    public IrValue CountLeadingZeros(IrValue value) => block.Unary(IrOp.CountLeadingZeros, value);

    public IrValue SignExtend8(IrValue value) => block.Unary(IrOp.SignExtend, value, 8);

    public IrValue SignExtend16(IrValue value) => block.Unary(IrOp.SignExtend, value, 16);

    public IrValue SignExtend32(IrValue value) => block.Unary(IrOp.SignExtend, value, 32);

    public IrValue ZeroExtend32(IrValue value) => And(value, Constant(uint.MaxValue));

    public IrValue ByteReverse(IrValue value, int bytes) => block.Unary(IrOp.ByteReverse, value, bytes);

    public IrValue Equal(IrValue left, IrValue right) => block.Binary(IrOp.Equal, left, right);

    public IrValue LessSigned(IrValue left, IrValue right) => block.Binary(IrOp.LessSigned, left, right);

    public IrValue LessUnsigned(IrValue left, IrValue right) => block.Binary(IrOp.LessUnsigned, left, right);

    public IrValue Select(IrValue condition, IrValue whenNotZero, IrValue whenZero) => block.Select(condition, whenNotZero, whenZero);

    public IrValue CarryOfSum(IrValue left, IrValue right, IrValue carryIn)
    {
        if (!mode.Is64Bit)
            return ShiftRight(Add(Add(ZeroExtend32(left), ZeroExtend32(right)), carryIn), Constant(32));
        IrValue sum = Add(left, right);
        return Or(LessUnsigned(sum, left), LessUnsigned(Add(sum, carryIn), sum));
    }

    public IrValue OverflowOfSum(IrValue left, IrValue right, IrValue sum) =>
        BitOf(And(Xor(left, sum), Xor(right, sum)), mode.Is64Bit ? 63 : 31);

    public void RecordCr0(IrValue result) => CompareSigned(0, mode.Is64Bit ? result : SignExtend32(result), Constant(0));

    public void RecordCr1() => SetCrField(1, ShiftRight(block.Read(PpuIrSlots.Fpscr), Constant(28)));

    public void CompareSigned(int field, IrValue left, IrValue right) =>
        SetOrder(field, block.Binary(IrOp.OrderSigned, left, right));

    public void CompareUnsigned(int field, IrValue left, IrValue right) =>
        SetOrder(field, block.Binary(IrOp.OrderUnsigned, left, right));

    // ---- Storage
    public bool TryLoad8(IrValue address, out IrValue value) => TryLoad(address, 1, out value);

    public bool TryLoad16(IrValue address, out IrValue value) => TryLoad(address, 2, out value);

    public bool TryLoad32(IrValue address, out IrValue value) => TryLoad(address, 4, out value);

    public bool TryLoad64(IrValue address, out IrValue value) => TryLoad(address, 8, out value);

    public bool TryStore8(IrValue address, IrValue value) => TryStore(address, value, 1);

    public bool TryStore16(IrValue address, IrValue value) => TryStore(address, value, 2);

    public bool TryStore32(IrValue address, IrValue value) => TryStore(address, value, 4);

    public bool TryStore64(IrValue address, IrValue value) => TryStore(address, value, 8);

    public bool TryLoadVector(IrValue address, out IrValue value)
    {
        value = block.Access(IrOp.LoadVector, BlockOf(address));
        return true;
    }

    public bool TryStoreVector(IrValue address, IrValue value)
    {
        block.Access(IrOp.StoreVector, BlockOf(address), value);
        return true;
    }

    public bool TryLoadVectorIf(IrValue condition, IrValue address, out IrValue value)
    {
        value = block.Access(IrOp.LoadVectorIf, condition, BlockOf(address));
        return true;
    }

    public bool TryStoreVectorLeft(IrValue address, IrValue value)
    {
        IrValue count = Subtract(Constant(16), And(address, Constant(15)));
        block.Access(IrOp.StoreBytes, InMode(address), value, count);
        return true;
    }

    public bool TryStoreVectorRight(IrValue address, IrValue value)
    {
        IrValue count = And(address, Constant(15));
        block.Access(IrOp.StoreBytes, BlockOf(address), VectorShiftLeftBytes(value, Subtract(Constant(16), count)), count);
        return true;
    }

    public void Barrier(StorageBarrier kind) => block.Barrier(kind);

    // ---- Control
    public void Branch(IrValue target) => block.GoTo(TargetOf(target));

    public void BranchIf(IrValue condition, IrValue target) => block.GoTo(TargetOf(target), condition);

    public void BranchRelative(int displacement) => Branch(Add(Cia(), Constant((ulong)(long)displacement)));

    public void BranchRelativeIf(IrValue condition, int displacement) =>
        BranchIf(condition, Add(Cia(), Constant((ulong)(long)displacement)));

    public IrValue IsZeroInMode(IrValue value) => Equal(InMode(value), Constant(0));

    public void TrapIf(IrValue condition) => Interrupt(Vectors.Program, ProgramInterrupt.Trap, condition);

    public void IllegalInstruction() => Interrupt(Vectors.Program, ProgramInterrupt.Illegal);

    public void Call<TOperation>()
        where TOperation : struct, ISystemOperation => block.Perform(PpuIrSystem<TOperation>.Routine, word);

    public void CallBetween<TOperation>()
        where TOperation : struct, ISystemOperation =>
        block.Leave(new IrExit(IrExitKind.Between, Routine: PpuIrSystem<TOperation>.Routine, Word: word));

    // ---- What must hold: known when the block is made
    public bool RequireFloatingPoint() => Require(mode.HasFloatingPoint, Vectors.FloatingPointUnavailable, 0);

    public bool RequireVector() => Require(mode.HasVector, Vectors.VectorUnavailable, 0);

    public bool RequireSupervisor() => Require(!mode.IsProblemState, Vectors.Program, ProgramInterrupt.Privileged);

    // ---- Floating point and vectors
    public void Float<TOperation>(int target, IrValue b)
        where TOperation : struct, IPpuFloatUnary => SetFpr(target, block.Call(PpuIrFloatUnary<TOperation>.Helper, b, Fpr(target)));

    public void Float<TOperation>(int target, IrValue a, IrValue b)
        where TOperation : struct, IPpuFloatBinary => SetFpr(target, block.Call(PpuIrFloatBinary<TOperation>.Helper, a, b, Fpr(target)));

    public void Float<TOperation>(int target, IrValue a, IrValue c, IrValue b)
        where TOperation : struct, IPpuFloatTernary =>
            SetFpr(target, block.Call(PpuIrFloatTernary<TOperation>.Helper, a, c, b, Fpr(target)));

    public void FloatCompare<TOperation>(int field, IrValue a, IrValue b)
        where TOperation : struct, IPpuFloatCompare => SetCrField(field, block.Call(PpuIrFloatCompare<TOperation>.Helper, a, b));

    public IrValue DoubleFromSingle(IrValue single) => block.Call(PpuIrFloat.DoubleFromSingle, single);

    public IrValue SingleFromDouble(IrValue value) => block.Call(PpuIrFloat.SingleFromDouble, value);

    public void FinishFloat(bool record)
    {
        if (record)
            RecordCr1();
        if (mode.InterruptsOnFloat)
            Interrupt(Vectors.Program, ProgramInterrupt.FloatingPointEnabled, And(block.Read(PpuIrSlots.Fpscr), Constant(Fpscr.Fex)));
    }

    public IrValue Vector<TOperation>(IrValue b)
        where TOperation : struct, IPpuVectorUnary => block.Call(PpuIrVectorUnary<TOperation>.Helper, b);

    public IrValue Vector<TOperation>(IrValue a, IrValue b)
        where TOperation : struct, IPpuVectorBinary => block.Call(PpuIrVectorBinary<TOperation>.Helper, a, b);

    public IrValue Vector<TOperation>(IrValue a, IrValue b, IrValue c)
        where TOperation : struct, IPpuVectorTernary => block.Call(PpuIrVectorTernary<TOperation>.Helper, a, b, c);

    public IrValue VectorImmediate<TOperation>(IrValue b, int immediate)
        where TOperation : struct, IPpuVectorImmediate => block.Call(PpuIrVectorImmediate<TOperation>.Helper, b, Immediate(immediate));

    public IrValue VectorImmediate<TOperation>(IrValue a, IrValue b, int immediate)
        where TOperation : struct, IPpuVectorBinaryImmediate =>
        block.Call(PpuIrVectorBinaryImmediate<TOperation>.Helper, a, b, Immediate(immediate));

    public IrValue VectorStatus<TOperation>(IrValue b)
        where TOperation : struct, IPpuVectorStatusUnary => block.Call(PpuIrVectorStatusUnary<TOperation>.Helper, b);

    public IrValue VectorStatusImmediate<TOperation>(IrValue b, int immediate)
        where TOperation : struct, IPpuVectorStatusImmediate =>
            block.Call(PpuIrVectorStatusImmediate<TOperation>.Helper, b, Immediate(immediate));

    public IrValue VectorStatus<TOperation>(IrValue a, IrValue b)
        where TOperation : struct, IPpuVectorStatusBinary => block.Call(PpuIrVectorStatusBinary<TOperation>.Helper, a, b);

    public IrValue VectorStatus<TOperation>(IrValue a, IrValue b, IrValue c)
        where TOperation : struct, IPpuVectorStatusTernary => block.Call(PpuIrVectorStatusTernary<TOperation>.Helper, a, b, c);

    public IrValue VectorHigh(IrValue value) => block.Unary(IrOp.VectorHigh, value);

    public IrValue VectorLow(IrValue value) => block.Unary(IrOp.VectorLow, value);

    public IrValue VectorOf(IrValue high, IrValue low) => block.Binary(IrOp.VectorOf, high, low);

    public IrValue VectorShiftLeftBytes(IrValue value, IrValue count) => block.Binary(IrOp.VectorShiftLeftBytes, value, count);

    public IrValue VectorShiftRightBytes(IrValue value, IrValue count) => block.Binary(IrOp.VectorShiftRightBytes, value, count);

    public IrValue VectorElement(IrValue value, IrValue offset, int size) => block.Binary(IrOp.VectorElement, value, offset, size);

    public void RecordCr6(IrValue mask)
    {
        IrValue high = VectorHigh(mask);
        IrValue low = VectorLow(mask);
        IrValue allOnes = Equal(And(high, low), Constant(ulong.MaxValue));
        IrValue allZeros = Equal(Or(high, low), Constant(0));
        SetCrField(6, Select(allOnes, Constant(8), Select(allZeros, Constant(2), Constant(0))));
    }

    private static IrSlot SlotOf(PpuRegister register) => register switch
    {
        PpuRegister.Lr => PpuIrSlots.Lr,
        PpuRegister.Ctr => PpuIrSlots.Ctr,
        PpuRegister.Msr => PpuIrSlots.Msr,
        PpuRegister.Vrsave => PpuIrSlots.Vrsave,
        PpuRegister.Fpscr => PpuIrSlots.Fpscr,
        _ => PpuIrSlots.Vscr,
    };

    private IrValue InMode(IrValue value) => And(value, Constant(mode.AddressMask));

    private IrValue BlockOf(IrValue address) => And(address, Constant(mode.AddressMask & ~15UL));

    private IrValue TargetOf(IrValue address) => And(address, Constant(mode.AddressMask & ~3UL));

    private IrValue BitOf(IrValue value, int bitFromTheRight) => And(ShiftRight(value, Constant((ulong)bitFromTheRight)), Constant(1));

    private IrValue Immediate(int value) => Constant((ulong)(long)value);

    private bool TryLoad(IrValue address, int bytes, out IrValue value)
    {
        value = block.Load(InMode(address), bytes);
        return true;
    }

    private bool TryStore(IrValue address, IrValue value, int bytes)
    {
        block.Store(InMode(address), value, bytes);
        return true;
    }

    private void SetOrder(int field, IrValue order) => SetCrField(field, Or(order, block.Read(PpuIrSlots.XerSo)));

    private bool Require(bool holds, uint vector, ulong status)
    {
        if (!holds)
            Interrupt(vector, status);
        return holds;
    }

    private void Interrupt(uint vector, ulong status, IrValue condition = default) =>
        block.Leave(new IrExit(IrExitKind.Interrupt, vector, status), condition);
}
