using CellPpe.Ppe.Arithmetic;
using CellPpe.Ppe.Isa;
using CellPpe.Ppe.Semantics;
using CellPpe.Ppe.State;
using CellPpe.Recompiler;

namespace CellPpe.Ppe.Translation;

/// <summary>Finds what an instruction reads and writes by running it on values that carry nothing.</summary>
internal struct EffectMachine : IPpuMachine<EffectMachine.NoValue, EffectMachine.NoValue>
{
    private PpuRegisterSet _reads;
    private PpuRegisterSet _writes;
    private PpuActions _actions;

    /// <summary>The effects of one instruction; an invalid one takes an interrupt.</summary>
    public static PpuEffects Of(uint word)
    {
        var machine = default(EffectMachine);
        if (!PpuDispatch<EffectMachine, NoValue, NoValue>.Execute(ref machine, PpuDecoder.Decode(word), word))
            machine.Does(PpuActions.Interrupt);
        return new PpuEffects(machine._reads, machine._writes, machine._actions);
    }

    // ---- Registers
    public NoValue Gpr(int index)
    {
        _reads.Gpr |= 1u << index;
        return default;
    }

    public NoValue GprOrZero(int index) => index == 0 ? default : Gpr(index);

    public void SetGpr(int index, NoValue value) => _writes.Gpr |= 1u << index;

    public NoValue Fpr(int index)
    {
        _reads.Fpr |= 1u << index;
        return default;
    }

    public void SetFpr(int index, NoValue value) => _writes.Fpr |= 1u << index;

    public NoValue Vr(int index)
    {
        _reads.Vr |= 1u << index;
        return default;
    }

    public void SetVr(int index, NoValue value) => _writes.Vr |= 1u << index;

    public NoValue Read(PpuRegister register) => Reads(PlaceOf(register));

    public void Write(PpuRegister register, NoValue value) => Writes(PlaceOf(register));

    public NoValue Cr()
    {
        _reads.Cr = byte.MaxValue;
        return default;
    }

    public NoValue CrField(int field)
    {
        _reads.Cr |= (byte)(1 << field);
        return default;
    }

    public void SetCrField(int field, NoValue fourBits) => _writes.Cr |= (byte)(1 << field);

    public NoValue CrBit(int bit) => CrField(bit >> 2);

    public void SetCrBit(int bit, NoValue value)
    {
        // The other three bits stay.
        CrField(bit >> 2);
        SetCrField(bit >> 2, value);
    }

    public NoValue Carry() => Reads(PpuPlaces.XerCa);

    public void SetCarry(NoValue value) => Writes(PpuPlaces.XerCa);

    public void SetOverflow(NoValue value)
    {
        Reads(PpuPlaces.XerSo);
        Writes(PpuPlaces.XerOv | PpuPlaces.XerSo);
    }

    public NoValue Xer() => Reads(PpuPlaces.XerCa | PpuPlaces.XerOv | PpuPlaces.XerSo | PpuPlaces.XerCount);

    public void SetXer(NoValue value) => Writes(PpuPlaces.XerCa | PpuPlaces.XerOv | PpuPlaces.XerSo | PpuPlaces.XerCount);

    public readonly NoValue Cia() => default;

    // ---- Arithmetic
    public readonly NoValue Constant(ulong value) => default;

    public readonly NoValue Not(NoValue value) => default;

    public readonly NoValue CountLeadingZeros(NoValue value) => default;

    public readonly NoValue SignExtend8(NoValue value) => default;

    public readonly NoValue SignExtend16(NoValue value) => default;

    public readonly NoValue SignExtend32(NoValue value) => default;

    public readonly NoValue ZeroExtend32(NoValue value) => default;

    public readonly NoValue DoubleFromSingle(NoValue value) => default;

    public readonly NoValue SingleFromDouble(NoValue value) => default;

    public readonly NoValue IsZeroInMode(NoValue value) => default;

    public readonly NoValue VectorHigh(NoValue value) => default;

    public readonly NoValue VectorLow(NoValue value) => default;

    public readonly NoValue Add(NoValue left, NoValue right) => default;

    public readonly NoValue Subtract(NoValue left, NoValue right) => default;

    public readonly NoValue Multiply(NoValue left, NoValue right) => default;

    public readonly NoValue MultiplyHighSigned(NoValue left, NoValue right) => default;

    public readonly NoValue MultiplyHighUnsigned(NoValue left, NoValue right) => default;

    public readonly NoValue DivideSigned(NoValue left, NoValue right) => default;

    public readonly NoValue DivideUnsigned(NoValue left, NoValue right) => default;

    public readonly NoValue And(NoValue left, NoValue right) => default;

    public readonly NoValue Or(NoValue left, NoValue right) => default;

    public readonly NoValue Xor(NoValue left, NoValue right) => default;

    public readonly NoValue ShiftLeft(NoValue left, NoValue right) => default;

    public readonly NoValue ShiftRight(NoValue left, NoValue right) => default;

    public readonly NoValue ShiftRightArithmetic(NoValue left, NoValue right) => default;

    public readonly NoValue RotateLeft(NoValue left, NoValue right) => default;

    public readonly NoValue Equal(NoValue left, NoValue right) => default;

    public readonly NoValue LessSigned(NoValue left, NoValue right) => default;

    public readonly NoValue LessUnsigned(NoValue left, NoValue right) => default;

    public readonly NoValue VectorOf(NoValue left, NoValue right) => default;

    public readonly NoValue VectorShiftLeftBytes(NoValue left, NoValue right) => default;

    public readonly NoValue VectorShiftRightBytes(NoValue left, NoValue right) => default;

    public readonly NoValue Select(NoValue a, NoValue b, NoValue c) => default;

    public readonly NoValue CarryOfSum(NoValue a, NoValue b, NoValue c) => default;

    public readonly NoValue OverflowOfSum(NoValue a, NoValue b, NoValue c) => default;

    public readonly NoValue ByteReverse(NoValue value, int bytes) => default;

    public readonly NoValue VectorElement(NoValue value, NoValue offset, int size) => default;

    public void RecordCr0(NoValue result) => CompareSigned(0, result, result);

    public void RecordCr1()
    {
        Reads(PpuPlaces.Fpscr);
        SetCrField(1, default);
    }

    public void RecordCr6(NoValue mask) => SetCrField(6, default);

    public void CompareSigned(int field, NoValue left, NoValue right)
    {
        Reads(PpuPlaces.XerSo);
        SetCrField(field, default);
    }

    public void CompareUnsigned(int field, NoValue left, NoValue right) => CompareSigned(field, left, right);

    // ---- Storage
    public bool TryLoad8(NoValue address, out NoValue value) => Load(out value);

    public bool TryLoad16(NoValue address, out NoValue value) => Load(out value);

    public bool TryLoad32(NoValue address, out NoValue value) => Load(out value);

    public bool TryLoad64(NoValue address, out NoValue value) => Load(out value);

    public bool TryStore8(NoValue address, NoValue value) => Store();

    public bool TryStore16(NoValue address, NoValue value) => Store();

    public bool TryStore32(NoValue address, NoValue value) => Store();

    public bool TryStore64(NoValue address, NoValue value) => Store();

    public bool TryLoadVector(NoValue address, out NoValue value) => Load(out value);

    public bool TryStoreVector(NoValue address, NoValue value) => Store();

    public bool TryLoadVectorIf(NoValue condition, NoValue address, out NoValue value) => Load(out value);

    public bool TryStoreVectorLeft(NoValue address, NoValue value) => Store();

    public bool TryStoreVectorRight(NoValue address, NoValue value) => Store();

    public readonly void Barrier(StorageBarrier kind)
    {
    }

    // ---- Control
    public void Branch(NoValue target) => Does(PpuActions.Branch);

    public void BranchIf(NoValue condition, NoValue target) => Does(PpuActions.Branch);

    public void BranchRelative(int displacement) => Does(PpuActions.Branch);

    public void BranchRelativeIf(NoValue condition, int displacement) => Does(PpuActions.Branch);

    public void TrapIf(NoValue condition) => Does(PpuActions.Interrupt);

    public void Call<TOperation>()
        where TOperation : struct, ISystemOperation
    {
        _reads = PpuRegisterSet.All;
        _writes = PpuRegisterSet.All;
        Does(PpuActions.WholeState | PpuActions.Interrupt);
    }

    public void CallBetween<TOperation>()
        where TOperation : struct, ISystemOperation
    {
        Call<TOperation>();
        Does(PpuActions.Between);
    }

    // ---- What must hold depends on MSR
    public bool RequireFloatingPoint() => Require();

    public bool RequireVector() => Require();

    public bool RequireSupervisor() => Require();

    // ---- Floating point and vectors
    public void Float<TOperation>(int target, NoValue b)
        where TOperation : struct, IPpuFloatUnary => Float(target);

    public void Float<TOperation>(int target, NoValue a, NoValue b)
        where TOperation : struct, IPpuFloatBinary => Float(target);

    public void Float<TOperation>(int target, NoValue a, NoValue c, NoValue b)
        where TOperation : struct, IPpuFloatTernary => Float(target);

    public void FloatCompare<TOperation>(int field, NoValue a, NoValue b)
        where TOperation : struct, IPpuFloatCompare
    {
        Changes(PpuPlaces.Fpscr);
        SetCrField(field, default);
    }

    public void FinishFloat(bool record)
    {
        if (record)
            RecordCr1();
        Reads(PpuPlaces.Fpscr | PpuPlaces.Msr);
        Does(PpuActions.Interrupt);
    }

    public readonly NoValue Vector<TOperation>(NoValue b)
        where TOperation : struct, IPpuVectorUnary => default;

    public readonly NoValue Vector<TOperation>(NoValue a, NoValue b)
        where TOperation : struct, IPpuVectorBinary => default;

    public readonly NoValue Vector<TOperation>(NoValue a, NoValue b, NoValue c)
        where TOperation : struct, IPpuVectorTernary => default;

    public readonly NoValue VectorImmediate<TOperation>(NoValue b, int immediate)
        where TOperation : struct, IPpuVectorImmediate => default;

    public readonly NoValue VectorImmediate<TOperation>(NoValue a, NoValue b, int immediate)
        where TOperation : struct, IPpuVectorBinaryImmediate => default;

    public NoValue VectorStatus<TOperation>(NoValue b)
        where TOperation : struct, IPpuVectorStatusUnary => Changes(PpuPlaces.Vscr);

    public NoValue VectorStatusImmediate<TOperation>(NoValue b, int immediate)
        where TOperation : struct, IPpuVectorStatusImmediate => Changes(PpuPlaces.Vscr);

    public NoValue VectorStatus<TOperation>(NoValue a, NoValue b)
        where TOperation : struct, IPpuVectorStatusBinary => Changes(PpuPlaces.Vscr);

    public NoValue VectorStatus<TOperation>(NoValue a, NoValue b, NoValue c)
        where TOperation : struct, IPpuVectorStatusTernary => Changes(PpuPlaces.Vscr);

    private static PpuPlaces PlaceOf(PpuRegister register) => register switch
    {
        PpuRegister.Lr => PpuPlaces.Lr,
        PpuRegister.Ctr => PpuPlaces.Ctr,
        PpuRegister.Msr => PpuPlaces.Msr,
        PpuRegister.Vrsave => PpuPlaces.Vrsave,
        PpuRegister.Fpscr => PpuPlaces.Fpscr,
        _ => PpuPlaces.Vscr,
    };

    private NoValue Reads(PpuPlaces places)
    {
        _reads.Places |= places;
        return default;
    }

    private void Writes(PpuPlaces places) => _writes.Places |= places;

    private NoValue Changes(PpuPlaces places)
    {
        Writes(places);
        return Reads(places);
    }

    private void Does(PpuActions actions) => _actions |= actions;

    private bool Load(out NoValue value)
    {
        value = default;
        Does(PpuActions.Load);
        return true;
    }

    private bool Store()
    {
        Does(PpuActions.Store);
        return true;
    }

    private bool Require()
    {
        Reads(PpuPlaces.Msr);
        Does(PpuActions.Interrupt);
        return true;
    }

    // An enabled exception leaves the target as it was: in effect, it is read.
    private void Float(int target)
    {
        Changes(PpuPlaces.Fpscr);
        Fpr(target);
        SetFpr(target, default);
    }

    /// <summary>A value that carries nothing.</summary>
    internal readonly struct NoValue;
}
