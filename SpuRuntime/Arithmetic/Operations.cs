using System.Runtime.Intrinsics;

namespace SpuRuntime.Arithmetic;

// One type an operation, so that a machine can name an operation by a type argument: the interpreter's JIT inlines Apply, generated
// code calls it and has it inlined too, and the arithmetic itself stands once.
//
// A register is a Vector128<byte> holding it as one 128-bit number in host order: architected byte 0, the leftmost, is host byte 15,
// and word element i is host lane 3 - i. Registers are named a, b, c as in the manual; t is RT where it is also an operand.

/// <summary>A pure operation over one register.</summary>
public interface ISpuVectorUnary
{
    /// <summary>The register the instruction yields.</summary>
    static abstract Vector128<byte> Apply(Vector128<byte> a);
}

/// <summary>A pure operation over two registers.</summary>
public interface ISpuVectorBinary
{
    /// <summary>The register the instruction yields.</summary>
    static abstract Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b);
}

/// <summary>A pure operation over three registers.</summary>
public interface ISpuVectorTernary
{
    /// <summary>The register the instruction yields.</summary>
    static abstract Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c);
}

/// <summary>A pure operation over one register and an immediate field.</summary>
public interface ISpuVectorImmediate
{
    /// <summary>The register the instruction yields.</summary>
    static abstract Vector128<byte> Apply(Vector128<byte> a, int immediate);
}

/// <summary>An operation over one register that reads the FPSCR's rounding modes or sets its flags.</summary>
public interface ISpuFloatUnary
{
    /// <summary>The register the instruction yields.</summary>
    static abstract Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a);
}

/// <summary>An operation over two registers that reads the FPSCR's rounding modes or sets its flags.</summary>
public interface ISpuFloatBinary
{
    /// <summary>The register the instruction yields.</summary>
    static abstract Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b);
}

/// <summary>An operation over three registers that reads the FPSCR's rounding modes or sets its flags.</summary>
public interface ISpuFloatTernary
{
    /// <summary>The register the instruction yields.</summary>
    static abstract Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> c);
}

/// <summary>An operation over one register and an immediate field that sets flags in the FPSCR.</summary>
public interface ISpuFloatImmediate
{
    /// <summary>The register the instruction yields.</summary>
    static abstract Vector128<byte> Apply(ref Vector128<byte> fpscr, Vector128<byte> a, int immediate);
}
