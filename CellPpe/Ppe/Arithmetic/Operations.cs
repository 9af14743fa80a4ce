using System.Runtime.Intrinsics;

using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Arithmetic;

// One type an operation, so that a machine can name an operation by a type argument: the interpreter's JIT inlines
// Apply, the IR records typeof(TOperation), and the arithmetic itself stands once.
//
// Floating-point registers are raw 64-bit images. Vector registers are Vector128<byte> holding the register as one
// 128-bit number in host (little-endian) order: architected byte 0, the leftmost, is host byte 15, and word element i
// is host lane 3 - i.

/// <summary>A floating-point instruction's arithmetic over one register.</summary>
internal interface IPpuFloatUnary
{
    /// <returns>False when an enabled exception suppresses the write of the target register (Book I 4.4).</returns>
    static abstract bool Apply(ref Fpscr fpscr, ulong b, out ulong result);
}

/// <summary>A floating-point instruction's arithmetic over two registers.</summary>
internal interface IPpuFloatBinary
{
    /// <returns>False when an enabled exception suppresses the write of the target register.</returns>
    static abstract bool Apply(ref Fpscr fpscr, ulong a, ulong b, out ulong result);
}

/// <summary>A floating-point instruction's arithmetic over three registers: FRA, FRC, FRB in the manual's order.</summary>
internal interface IPpuFloatTernary
{
    /// <returns>False when an enabled exception suppresses the write of the target register.</returns>
    static abstract bool Apply(ref Fpscr fpscr, ulong a, ulong c, ulong b, out ulong result);
}

/// <summary>A floating-point compare: sets FPCC and exception bits, and yields the four CR bits (FL FG FE FU).</summary>
internal interface IPpuFloatCompare
{
    /// <returns>The four-bit value for the CR field.</returns>
    static abstract uint Apply(ref Fpscr fpscr, ulong a, ulong b);
}

/// <summary>A pure vector operation over one register.</summary>
internal interface IPpuVectorUnary
{
    static abstract Vector128<byte> Apply(Vector128<byte> b);
}

/// <summary>A pure vector operation over two registers.</summary>
internal interface IPpuVectorBinary
{
    static abstract Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b);
}

/// <summary>A pure vector operation over three registers: VRA, VRB, VRC.</summary>
internal interface IPpuVectorTernary
{
    static abstract Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c);
}

/// <summary>A pure vector operation over one register and an immediate field.</summary>
internal interface IPpuVectorImmediate
{
    static abstract Vector128<byte> Apply(Vector128<byte> b, int immediate);
}

/// <summary>A pure vector operation over two registers and an immediate field.</summary>
internal interface IPpuVectorBinaryImmediate
{
    static abstract Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, int immediate);
}

/// <summary>A vector operation over one register that reads VSCR.NJ or sets VSCR.SAT.</summary>
internal interface IPpuVectorStatusUnary
{
    static abstract Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> b);
}

/// <summary>A vector operation over one register and an immediate that reads VSCR.NJ or sets VSCR.SAT.</summary>
internal interface IPpuVectorStatusImmediate
{
    static abstract Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> b, int immediate);
}

/// <summary>A vector operation over two registers that reads VSCR.NJ or sets VSCR.SAT.</summary>
internal interface IPpuVectorStatusBinary
{
    static abstract Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b);
}

/// <summary>A vector operation over three registers (VRA, VRB, VRC) that reads VSCR.NJ or sets VSCR.SAT.</summary>
internal interface IPpuVectorStatusTernary
{
    static abstract Vector128<byte> Apply(ref Vscr vscr, Vector128<byte> a, Vector128<byte> b, Vector128<byte> c);
}
