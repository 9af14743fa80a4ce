using CellPpe.Ppe.Arithmetic;
using CellPpe.Ppe.State;
using CellPpe.Recompiler;

namespace CellPpe.Ppe.Semantics;

/// <summary>Fixed places of the machine state that are neither GPR, FPR nor VR.</summary>
public enum PpuRegister
{
    Lr,
    Ctr,
    Msr,
    Vrsave,
    Fpscr,
    Vscr,
}

/// <summary>
/// The vocabulary instruction semantics are written in. To the interpreter a <typeparamref name="T"/> is a number and
/// each member does what it says; to the IR builder it is a node and each member appends what would be done.
/// A body may branch on decoded fields, never on a <typeparamref name="T"/>: a choice between values is
/// <see cref="Select"/>, a choice between effects is one of the conditional members.
/// </summary>
/// <typeparam name="T">A 64-bit value.</typeparam>
/// <typeparam name="TVector">A 128-bit value (see Operations.cs for the layout).</typeparam>
internal interface IPpuMachine<T, TVector>
{
    // ---- Registers
    T Gpr(int index);

    /// <summary>A base register, where 0 means the value zero ("RA|0").</summary>
    T GprOrZero(int index);
    void SetGpr(int index, T value);
    T Fpr(int index);
    void SetFpr(int index, T value);
    TVector Vr(int index);
    void SetVr(int index, TVector value);
    T Read(PpuRegister register);
    void Write(PpuRegister register, T value);

    /// <summary>The whole CR, right-justified 32 bits.</summary>
    T Cr();

    /// <summary>One 4-bit field (LT GT EQ SO) of CR.</summary>
    T CrField(int field);
    void SetCrField(int field, T fourBits);

    /// <summary>One bit of CR, 0..31, as 0 or 1.</summary>
    T CrBit(int bit);
    void SetCrBit(int bit, T value);

    /// <summary>XER.CA, XER.OV, XER.SO as 0 or 1.</summary>
    T Carry();
    void SetCarry(T value);
    void SetOverflow(T value);
    T Xer();
    void SetXer(T value);

    /// <summary>Effective address of this instruction.</summary>
    T Cia();

    // ---- Arithmetic over 64-bit values
    T Constant(ulong value);
    T Add(T left, T right);
    T Subtract(T left, T right);
    T Multiply(T left, T right);
    T MultiplyHighSigned(T left, T right);
    T MultiplyHighUnsigned(T left, T right);

    /// <summary>Quotients. A zero divisor or an overflowing signed quotient yields 0 (the manual: undefined).</summary>
    T DivideSigned(T left, T right);
    T DivideUnsigned(T left, T right);
    T And(T left, T right);
    T Or(T left, T right);
    T Xor(T left, T right);
    T Not(T value);

    /// <summary>Shifts by 0..63; a greater amount yields 0 (or the sign, for the arithmetic one).</summary>
    T ShiftLeft(T value, T amount);
    T ShiftRight(T value, T amount);
    T ShiftRightArithmetic(T value, T amount);

    /// <summary>Rotates left by amount modulo 64.</summary>
    T RotateLeft(T value, T amount);
    T CountLeadingZeros(T value);
    T SignExtend8(T value);
    T SignExtend16(T value);
    T SignExtend32(T value);
    T ZeroExtend32(T value);

    /// <summary>Byte-reverses the low 2, 4 or 8 bytes; the rest of the result is zero.</summary>
    T ByteReverse(T value, int bytes);

    /// <summary>Comparisons yield 1 or 0.</summary>
    T Equal(T left, T right);
    T LessSigned(T left, T right);
    T LessUnsigned(T left, T right);
    T Select(T condition, T whenNotZero, T whenZero);

    /// <summary>Carry out of bit 0 of the 64-bit (or, in 32-bit mode, bit 32) sum left + right + carryIn.</summary>
    T CarryOfSum(T left, T right, T carryIn);

    /// <summary>Signed overflow of left + right = sum, 64-bit or in 32-bit mode the low 32 bits.</summary>
    T OverflowOfSum(T left, T right, T sum);

    /// <summary>Compares with zero, in the width of the current mode, adds XER.SO, and sets CR field 0.</summary>
    void RecordCr0(T result);

    /// <summary>Copies FX FEX VX OX to CR field 1.</summary>
    void RecordCr1();

    /// <summary>Sets a CR field from a comparison, with XER.SO as its last bit.</summary>
    void CompareSigned(int field, T left, T right);
    void CompareUnsigned(int field, T left, T right);

    // ---- Storage. Addresses are effective; in 32-bit mode the machine drops the high word.
    // False (or a "false" the IR builder never sees) when the access faulted: the instruction must change nothing more.
    bool TryLoad8(T address, out T value);
    bool TryLoad16(T address, out T value);
    bool TryLoad32(T address, out T value);
    bool TryLoad64(T address, out T value);
    bool TryStore8(T address, T value);
    bool TryStore16(T address, T value);
    bool TryStore32(T address, T value);
    bool TryStore64(T address, T value);

    /// <summary>Sixteen bytes at the address with its low four bits cleared.</summary>
    bool TryLoadVector(T address, out TVector value);
    bool TryStoreVector(T address, TVector value);

    /// <summary>
    /// As <see cref="TryLoadVector"/>, but when <paramref name="condition"/> is zero no access is made and the value is zero.
    /// </summary>
    bool TryLoadVectorIf(T condition, T address, out TVector value);

    /// <summary>Stores the leftmost bytes from the address to the end of its 16-byte block (stvlx).</summary>
    bool TryStoreVectorLeft(T address, TVector value);

    /// <summary>Stores the rightmost bytes from the start of the 16-byte block up to the address (stvrx).</summary>
    bool TryStoreVectorRight(T address, TVector value);

    /// <summary>Keeps accesses before and behind it apart, as far as its kind says.</summary>
    void Barrier(StorageBarrier kind);

    // ---- Control
    /// <summary>Goes to the target if the condition is not zero. The low two bits of the target are ignored.</summary>
    void Branch(T target);
    void BranchIf(T condition, T target);

    /// <summary>Goes to this instruction's address plus the displacement.</summary>
    void BranchRelative(int displacement);
    void BranchRelativeIf(T condition, int displacement);

    /// <summary>1 when the value is zero in the width of the current mode (Book I 2.4.1, CTR).</summary>
    T IsZeroInMode(T value);

    /// <summary>Takes a trap-type program interrupt if the condition is not zero.</summary>
    void TrapIf(T condition);

    /// <summary>
    /// Runs an instruction whose behaviour has no tidy vocabulary (string moves, reservations) on the whole machine
    /// state, in the middle of a block.
    /// </summary>
    void Call<TOperation>()
        where TOperation : struct, ISystemOperation;

    /// <summary>
    /// As <see cref="Call"/>, but the block ends first: the operation finds the instruction count and every register up to
    /// date, and may change the mode, the clock or the next address.
    /// </summary>
    void CallBetween<TOperation>()
        where TOperation : struct, ISystemOperation;

    // ---- What must hold before an instruction may run; false: the interrupt has been taken
    bool RequireFloatingPoint();
    bool RequireVector();
    bool RequireSupervisor();

    // ---- Floating point and vector arithmetic
    void Float<TOperation>(int target, T b)
        where TOperation : struct, IPpuFloatUnary;
    void Float<TOperation>(int target, T a, T b)
        where TOperation : struct, IPpuFloatBinary;
    void Float<TOperation>(int target, T a, T c, T b)
        where TOperation : struct, IPpuFloatTernary;
    void FloatCompare<TOperation>(int field, T a, T b)
        where TOperation : struct, IPpuFloatCompare;

    /// <summary>Format conversions of floating-point loads and stores; they touch no status (Book I 4.6.2, 4.6.3).</summary>
    T DoubleFromSingle(T single);
    T SingleFromDouble(T value);

    /// <summary>Ends a floating-point instruction: CR1 when asked, then the program interrupt if an enabled exception stands.</summary>
    void FinishFloat(bool record);

    TVector Vector<TOperation>(TVector b)
        where TOperation : struct, IPpuVectorUnary;
    TVector Vector<TOperation>(TVector a, TVector b)
        where TOperation : struct, IPpuVectorBinary;
    TVector Vector<TOperation>(TVector a, TVector b, TVector c)
        where TOperation : struct, IPpuVectorTernary;
    TVector VectorImmediate<TOperation>(TVector b, int immediate)
        where TOperation : struct, IPpuVectorImmediate;
    TVector VectorImmediate<TOperation>(TVector a, TVector b, int immediate)
        where TOperation : struct, IPpuVectorBinaryImmediate;
    TVector VectorStatus<TOperation>(TVector b)
        where TOperation : struct, IPpuVectorStatusUnary;
    TVector VectorStatusImmediate<TOperation>(TVector b, int immediate)
        where TOperation : struct, IPpuVectorStatusImmediate;
    TVector VectorStatus<TOperation>(TVector a, TVector b)
        where TOperation : struct, IPpuVectorStatusBinary;
    TVector VectorStatus<TOperation>(TVector a, TVector b, TVector c)
        where TOperation : struct, IPpuVectorStatusTernary;

    /// <summary>Both halves of a vector as values, and back: high is architected bytes 0..7.</summary>
    T VectorHigh(TVector value);
    T VectorLow(TVector value);
    TVector VectorOf(T high, T low);

    /// <summary>Shifts by 0..16 bytes, filling with zero.</summary>
    TVector VectorShiftLeftBytes(TVector value, T count);
    TVector VectorShiftRightBytes(TVector value, T count);

    /// <summary>The element of <paramref name="size"/> bytes that stands at byte <paramref name="offset"/> from the left.</summary>
    T VectorElement(TVector value, T offset, int size);

    /// <summary>Sets CR field 6 from a comparison mask: all ones, 0, all zeros, 0.</summary>
    void RecordCr6(TVector mask);
}
