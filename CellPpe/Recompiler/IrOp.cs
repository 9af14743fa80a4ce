namespace CellPpe.Recompiler;

/// <summary>What an instruction of the intermediate representation does. A, B, C, D are its operands.</summary>
public enum IrOp
{
    /// <summary>The immediate.</summary>
    Constant,

    /// <summary>The contents of the slot.</summary>
    ReadSlot,

    /// <summary>Puts A into the slot.</summary>
    WriteSlot,

    Add,
    Subtract,
    Multiply,
    MultiplyHighSigned,
    MultiplyHighUnsigned,

    /// <summary>Quotients; 0 for a zero divisor or an overflow.</summary>
    DivideSigned,
    DivideUnsigned,
    And,
    Or,
    Xor,
    Not,

    /// <summary>Shifts A by B; more than 63 yields 0, or copies of the sign.</summary>
    ShiftLeft,
    ShiftRight,
    ShiftRightArithmetic,

    /// <summary>Rotates A left by B modulo 64.</summary>
    RotateLeft,
    CountLeadingZeros,

    /// <summary>The low (immediate) bits of A, sign-extended: 8, 16 or 32.</summary>
    SignExtend,

    /// <summary>The low (immediate) bytes of A, reversed, with zeros above: 2, 4 or 8.</summary>
    ByteReverse,

    /// <summary>Comparisons: 1 or 0.</summary>
    Equal,
    LessSigned,
    LessUnsigned,


    /// <summary>How A compares with B: 8 less, 4 greater, 2 equal.</summary>
    OrderSigned,
    OrderUnsigned,

    /// <summary>B if A is not zero, else C.</summary>
    Select,

    /// <summary>The left and the right half of a vector, and a vector of both.</summary>
    VectorHigh,
    VectorLow,
    VectorOf,

    /// <summary>Shifts A by B bytes, 0..16, filling with zero.</summary>
    VectorShiftLeftBytes,
    VectorShiftRightBytes,

    /// <summary>The (immediate) bytes of A that begin at byte B from the left.</summary>
    VectorElement,

    /// <summary>The (immediate) big-endian bytes at address A. Leaves the block when the access faults, as all accesses do.</summary>
    Load,

    /// <summary>Sixteen bytes at address A, which is a multiple of 16.</summary>
    LoadVector,

    /// <summary>As LoadVector at address B if A is not zero; else no access, and zero.</summary>
    LoadVectorIf,

    /// <summary>Stores the low (immediate) bytes of B, big-endian, at address A.</summary>
    Store,

    /// <summary>Stores vector B at address A, which is a multiple of 16.</summary>
    StoreVector,

    /// <summary>Stores the leftmost C bytes (0..16) of vector B at address A, one after the other.</summary>
    StoreBytes,

    /// <summary>Keeps accesses on their side of it: the immediate is a <see cref="StorageBarrier"/>.</summary>
    Barrier,

    /// <summary>Applies a helper to A.. and, if it has one, its state slot.</summary>
    Call,

    /// <summary>Runs a routine of the guest's own on the whole state. Leaves the block when the routine says so.</summary>
    Perform,

    /// <summary>Leaves the block if A is not zero; goes to B where the exit is of kind Next.</summary>
    ExitIf,

    /// <summary>Leaves the block: its last instruction. Goes to A where the exit is of kind Next.</summary>
    Exit,
}

/// <summary>What passes and backends must know of each operation.</summary>
public static class IrOps
{
    extension(IrOp op)
    {
        /// <summary>Has no effect but its value, which depends on nothing but its operands (a helper's call may be pure, too).</summary>
        public bool IsPure => op is IrOp.Constant or (>= IrOp.Add and <= IrOp.VectorElement);

        /// <summary>Pure, and over 64-bit numbers alone.</summary>
        public bool IsArithmetic => op is >= IrOp.Add and <= IrOp.Select;

        /// <summary>Touches guest memory.</summary>
        public bool IsAccess => op is >= IrOp.Load and <= IrOp.StoreBytes;

        /// <summary>May leave the block, so that every slot must be up to date.</summary>
        public bool MayLeave => op.IsAccess || op is IrOp.Perform or IrOp.ExitIf or IrOp.Exit;
    }
}
