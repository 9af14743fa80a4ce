namespace CellPpe.Ppe.Arithmetic;

// What compiled code does instead of Apply, for the operations whose structs implement these interfaces.
//
// Registers are doubles here: the same image, moved and never converted. While FloatStatus.AllowsFastPath says so of the
// FPSCR (RN is nearest, XX is set, UE and XE are 0), an instruction is
//
//     r = Compute(operands);  if (!IsSafe(operands, r)) take Apply's path;  target = r;
//
// and of the FPSCR only the status of the last result changes. That status is deferred: compiled code keeps the operation's Kind and
// its operands, and FloatStatus.Derive materialises the status where the FPSCR is read (mffs, mcrfs, a record form, an exit). Apply's
// path may read it, too: an instruction that an enabled exception suppresses keeps FPRF, so the status is materialised before it.
//
// There are three kinds of deferred status, each replaced by the next of its kind: arithmetic defers FPRF, FR and FI and cancels the
// two others; a conversion to an integer defers FR and FI; a compare defers FPCC. Arithmetic is materialised first; the two others do
// not overlap.
//
// While only XX is not set (FloatStatus.AllowsExact), the same holds with one more condition, IsExact(operands, r): Apply
// is taken otherwise, and sets XX.
//
// All members are small and made to be inlined; Compute and IsSafe are a handful of host instructions. Compute never
// throws and may be evaluated for any operands. A NaN result is never safe, except where a conversion to an integer
// delivers an integer's image.

/// <summary>The fast path of a floating-point operation over one register.</summary>
internal interface IPpuFloatFastPathUnary
{
    /// <summary>What the operation is called when its status is derived.</summary>
    static abstract FloatKind Kind { get; }

    /// <summary>The host's result in the operation's precision, or a NaN where the host does not know it.</summary>
    static abstract double Compute(double b);

    /// <summary>Whether the result is the instruction's own, and no exception but Inexact occurred.</summary>
    static abstract bool IsSafe(double b, double result);

    /// <summary>Whether a safe result is certainly exact: FR and FI are 0 then. False if in doubt.</summary>
    static abstract bool IsExact(double b, double result);
}

/// <summary>The fast path of a floating-point operation over two registers, FRA and FRB or, to multiply, FRA and FRC.</summary>
internal interface IPpuFloatFastPathBinary
{
    /// <inheritdoc cref="IPpuFloatFastPathUnary.Kind"/>
    static abstract FloatKind Kind { get; }

    /// <inheritdoc cref="IPpuFloatFastPathUnary.Compute"/>
    static abstract double Compute(double a, double b);

    /// <inheritdoc cref="IPpuFloatFastPathUnary.IsSafe"/>
    static abstract bool IsSafe(double a, double b, double result);

    /// <inheritdoc cref="IPpuFloatFastPathUnary.IsExact"/>
    static abstract bool IsExact(double a, double b, double result);
}

/// <summary>The fast path of a floating-point operation over three registers: FRA, FRC, FRB in the manual's order.</summary>
internal interface IPpuFloatFastPathTernary
{
    /// <inheritdoc cref="IPpuFloatFastPathUnary.Kind"/>
    static abstract FloatKind Kind { get; }

    /// <inheritdoc cref="IPpuFloatFastPathUnary.Compute"/>
    static abstract double Compute(double a, double c, double b);

    /// <inheritdoc cref="IPpuFloatFastPathUnary.IsSafe"/>
    static abstract bool IsSafe(double a, double c, double b, double result);

    /// <inheritdoc cref="IPpuFloatFastPathUnary.IsExact"/>
    static abstract bool IsExact(double a, double c, double b, double result);
}

/// <summary>
/// The fast path of a single-precision operation over registers that hold single-precision numbers: the host's own, which rounds once
/// and passes its result on sooner. Everything else is as for <see cref="IPpuFloatFastPathBinary"/>.
/// </summary>
internal interface IPpuFloatSinglesBinary
{
    /// <inheritdoc cref="IPpuFloatFastPathUnary.Compute"/>
    static abstract float ComputeOfSingles(float a, float b);

    /// <inheritdoc cref="IPpuFloatFastPathUnary.IsSafe"/>
    static abstract bool IsSafeOfSingles(float a, float b, float result);
}

/// <summary>The same over three registers.</summary>
internal interface IPpuFloatSinglesTernary
{
    /// <inheritdoc cref="IPpuFloatFastPathUnary.Compute"/>
    static abstract float ComputeOfSingles(float a, float c, float b);

    /// <inheritdoc cref="IPpuFloatFastPathUnary.IsSafe"/>
    static abstract bool IsSafeOfSingles(float a, float c, float b, float result);
}

/// <summary>The fast path of a floating-point compare; it needs no particular FPSCR.</summary>
internal interface IPpuFloatFastPathCompare
{
    /// <inheritdoc cref="IPpuFloatFastPathUnary.Kind"/>
    static abstract FloatKind Kind { get; }

    /// <summary>The four CR bits, of which one is set; or 0 when unordered, which is for Apply.</summary>
    static abstract uint Compute(double a, double b);
}
