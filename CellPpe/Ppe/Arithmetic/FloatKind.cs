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
    RoundToSingle,
    ConvertFromInteger,
    ConvertToDoubleword,
    ConvertToDoublewordTowardZero,
    ConvertToWord,
    ConvertToWordTowardZero,

    /// <summary>fcmpu and fcmpo, which differ only in what is not quick.</summary>
    Compare,
}
