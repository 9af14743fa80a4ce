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
    public const uint Ni = 1u << 2;
    public const uint RnMask = 3u;

    /// <summary>The whole register; FEX and VX are kept up to date in it.</summary>
    public uint Value;
}
