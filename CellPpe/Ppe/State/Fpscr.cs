using System.Runtime.CompilerServices;

namespace CellPpe.Ppe.State;

/// <summary>The Floating-Point Status and Control Register (Book I 4.2.2). Bits are numbered from the left, 0..31.</summary>
public struct Fpscr
{
    public const uint Fx = 1u << 31;
    public const uint Fex = 1u << 30;
    public const uint Vx = 1u << 29;
    public const uint Ox = 1u << 28;
    public const uint Ux = 1u << 27;
    public const uint Zx = 1u << 26;
    public const uint Xx = 1u << 25;
    public const uint VxSnan = 1u << 24;
    public const uint VxIsi = 1u << 23;
    public const uint VxIdi = 1u << 22;
    public const uint VxZdz = 1u << 21;
    public const uint VxImz = 1u << 20;
    public const uint VxVc = 1u << 19;
    public const uint Fr = 1u << 18;
    public const uint Fi = 1u << 17;
    public const uint FprfMask = 0x1fu << 12;
    public const uint FpccMask = 0xfu << 12;
    public const uint VxSoft = 1u << 10;
    public const uint VxSqrt = 1u << 9;
    public const uint VxCvi = 1u << 8;
    public const uint Ve = 1u << 7;
    public const uint Oe = 1u << 6;
    public const uint Ue = 1u << 5;
    public const uint Ze = 1u << 4;
    public const uint Xe = 1u << 3;

    /// <summary>
    /// Non-IEEE mode: kept, but without effect. Book I 4.2.2 makes it optional and what it changes the implementation's;
    /// nothing public says that a PPE's scalar results change.
    /// </summary>
    public const uint Ni = 1u << 2;
    public const uint RnMask = 3u;

    /// <summary>All Invalid Operation Exception bits; VX is their OR.</summary>
    public const uint VxAll = VxSnan | VxIsi | VxIdi | VxZdz | VxImz | VxVc | VxSoft | VxSqrt | VxCvi;

    /// <summary>The sticky exception bits (3:12 and 21:23), without the summaries FX, FEX and VX.</summary>
    public const uint Exceptions = Ox | Ux | Zx | Xx | VxAll;

    /// <summary>VE OE UE ZE XE, in the order of VX OX UX ZX XX, which stand <see cref="EnableDistance"/> bits to the left.</summary>
    public const uint Enables = Ve | Oe | Ue | Ze | Xe;

    /// <summary>How far an exception summary stands to the left of its enable bit.</summary>
    public const int EnableDistance = 22;

    /// <summary>Bit 20, which has no function and always reads as 0.</summary>
    public const uint Reserved = 1u << 11;

    /// <summary>The whole register; FEX and VX are kept up to date in it.</summary>
    public uint Value;

    /// <summary>Sets exception bits, FX if one of them was 0 before, and the summaries (Book I 4.2.2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Raise(uint exceptions)
    {
        if ((exceptions & ~Value) != 0)
            Value = Summarize(Value | exceptions | Fx);
    }

    /// <summary>Sets FPRF (five bits: C FL FG FE FU), FR and FI.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetResult(uint fprf, uint roundedAndInexact = 0) =>
        Value = (Value & ~(FprfMask | Fr | Fi)) | (fprf << 12) | roundedAndInexact;

    /// <summary>Sets FPCC alone, as the compare instructions do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetFpcc(uint fourBits) => Value = (Value & ~FpccMask) | (fourBits << 12);

    /// <summary>Whether any of these bits is 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Has(uint bits) => (Value & bits) != 0;

    /// <summary>The value with VX and FEX made from the exception and enable bits (Book I 4.2.2: they are ORs).</summary>
    public static uint Summarize(uint value)
    {
        value &= ~(Fex | Vx);
        if ((value & VxAll) != 0)
            value |= Vx;
        if (((value >> EnableDistance) & value & Enables) != 0)
            value |= Fex;
        return value;
    }
}
