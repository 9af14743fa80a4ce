namespace CellPpe.Ppe.Arithmetic;

/// <summary>An operation whose status can be derived from its operands when it is asked for.</summary>
internal enum FloatKind
{
    None,
    Add,
    AddSingle,
    Subtract,
    SubtractSingle,
    Multiply,
    MultiplySingle,
    Divide,
    DivideSingle,
    MultiplyAdd,
    MultiplyAddSingle,
    MultiplySubtract,
    MultiplySubtractSingle,
    NegativeMultiplyAdd,
    NegativeMultiplyAddSingle,
    NegativeMultiplySubtract,
    NegativeMultiplySubtractSingle,
    SquareRoot,
    SquareRootSingle,
    ReciprocalEstimateSingle,
    ReciprocalSquareRootEstimate,
    RoundToSingle,
    ConvertFromInteger,
    ConvertToDoubleword,
    ConvertToDoublewordTowardZero,
    ConvertToWord,
    ConvertToWordTowardZero,

    /// <summary>fcmpu and fcmpo, which differ only outside the fast path.</summary>
    Compare,
}

/// <summary>What kinds of floating-point operations have in common.</summary>
internal static class FloatKinds
{
    /// <summary>Whether a safe result is a single-precision number.</summary>
    public static bool IsSingle(this FloatKind kind) => kind is FloatKind.AddSingle or FloatKind.SubtractSingle
        or FloatKind.MultiplySingle or FloatKind.DivideSingle
        or FloatKind.MultiplyAddSingle or FloatKind.MultiplySubtractSingle
        or FloatKind.NegativeMultiplyAddSingle or FloatKind.NegativeMultiplySubtractSingle
        or FloatKind.SquareRootSingle or FloatKind.ReciprocalEstimateSingle or FloatKind.RoundToSingle;
}
