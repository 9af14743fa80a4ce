using System.Runtime.Intrinsics;

using CellPpe.Ppe.State;

namespace Differential.Tests.Guest;

/// <summary>Makes random states: pointers into the window, numbers at the edges of their ranges, floating-point specials.</summary>
internal static unsafe class StateGenerator
{
    /// <summary>General registers that point to the middle of the window.</summary>
    public static readonly int[] Pointers = [1, 2, 3];

    /// <summary>General registers with small numbers.</summary>
    public static readonly int[] Offsets = [4, 5];

    private static readonly ulong[] Edges =
    [
        0, 1, 2, ulong.MaxValue, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000,
        0xffff_ffff_8000_0000, 31, 32, 63, 64, 0x80, 0xff, 0x8000, 0xffff,
    ];

    private static readonly ulong[] Doubles =
    [
        0, 0x8000_0000_0000_0000, 0x7ff0_0000_0000_0000, 0xfff0_0000_0000_0000, 0x7ff8_0000_0000_0000, 0x7ff0_0000_0000_0001,
        0x3ff0_0000_0000_0000, 0xbff0_0000_0000_0000, 1, 0x000f_ffff_ffff_ffff, 0x7fef_ffff_ffff_ffff, 0x0010_0000_0000_0000,
        0x36a0_0000_0000_0000, 0x47ef_ffff_e000_0000, 0x47ef_ffff_f000_0000, 0x3810_0000_0000_0000, 0x41df_ffff_ffc0_0000,
        0x47f0_0000_0000_0000, 0xc7f0_0000_0000_0000,
    ];

    private static readonly uint[] Words =
        [0, 0x8000_0000, 0x7f80_0000, 0xff80_0000, 0x7fc0_0000, 0x7f80_0001, 0x3f80_0000, 1, 0x007f_ffff, 0x7f7f_ffff, uint.MaxValue,
            0x4f00_0000];

    public static PpuState Make(Random random)
    {
        var state = default(PpuState);
        for (int index = 0; index < 32; index++)
        {
            state.Gpr[index] = General(random, index);
            state.Fpr[index] = Floating(random);
            state.Vr[index] = Vector(random);
        }

        for (int field = 0; field < 8; field++)
            state.Cr[field] = (byte)random.Next(16);
        state.XerValue = (ulong)random.NextInt64();
        state.Fpscr.Value = Status(random);
        state.Vscr.Value = random.Next(4) == 0 ? Vscr.Nj : 0;
        state.Vrsave = (uint)random.NextInt64(1L << 32);
        state.Lr = Number(random);
        state.Ctr = random.Next(2) == 0 ? (ulong)random.Next(3) : Number(random);
        state.Msr = Mode(random);
        state.Nia = GuestLayout.Code + (4 * (ulong)random.Next(64));
        return state;
    }

    private static ulong General(Random random, int index)
    {
        if (Array.IndexOf(Pointers, index) >= 0 || random.Next(6) == 0)
            return GuestLayout.Middle + (ulong)random.Next(512);
        return Array.IndexOf(Offsets, index) >= 0 ? (ulong)random.Next(1 << random.Next(1, 13)) : Number(random);
    }

    private static ulong Number(Random random) => random.Next(4) switch
    {
        0 => Edges[random.Next(Edges.Length)],
        1 => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
        2 => (ulong)random.Next(),
        _ => (ulong)(long)random.Next(-70, 70),
    };

    /// <summary>A number of 2^126 to 2^131: single-precision arithmetic treats those of 2^128 and more in its own way.</summary>
    public static ulong NearEndOfSingles(Random random) =>
        BitConverter.DoubleToUInt64Bits((random.NextDouble() + 1) * Math.ScaleB(random.Next(2) == 0 ? 1 : -1, random.Next(126, 131)));

    private static ulong Floating(Random random) => random.Next(4) switch
    {
        0 => Doubles[random.Next(Doubles.Length)],
        1 => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
        2 => BitConverter.DoubleToUInt64Bits((float)((random.NextDouble() - 0.5) * Math.Pow(2, random.Next(-160, 160)))),
        _ => BitConverter.DoubleToUInt64Bits(random.Next(-1000, 1000) / 8.0),
    };

    private static Vector128<byte> Vector(Random random)
    {
        var value = Vector128<byte>.Zero;
        int kind = random.Next(4);
        if (kind == 0)
            return random.Next(2) == 0 ? value : Vector128<byte>.AllBitsSet;
        for (int lane = 0; lane < 4; lane++)
        {
            uint word = kind switch
            {
                1 => Words[random.Next(Words.Length)],
                2 => BitConverter.SingleToUInt32Bits((float)((random.NextDouble() - 0.5) * Math.Pow(2, random.Next(-40, 40)))),
                _ => (uint)random.NextInt64(1L << 32),
            };
            value = value.AsUInt32().WithElement(lane, word).AsByte();
        }

        return value;
    }

    private static uint Status(Random random)
    {
        uint value = (uint)random.Next(4);
        if (random.Next(3) == 0)
            value |= (uint)random.NextInt64(1L << 32) & (Fpscr.Exceptions | Fpscr.Fx | Fpscr.FprfMask | Fpscr.Fr | Fpscr.Fi);
        if (random.Next(4) == 0)
            value |= (uint)random.NextInt64(1L << 32) & Fpscr.Enables;
        return Fpscr.Summarize(value);
    }

    private static ulong Mode(Random random)
    {
        ulong msr = Msr.Me | Msr.Ri;
        msr |= random.Next(6) == 0 ? 0 : Msr.Sf;
        msr |= random.Next(12) == 0 ? 0 : Msr.Fp;
        msr |= random.Next(12) == 0 ? 0 : Msr.Vec;
        msr |= random.Next(6) == 0 ? Msr.Pr : 0;
        msr |= random.Next(3) == 0 ? Msr.Fe0 : 0;
        return msr | (random.Next(3) == 0 ? Msr.Fe1 : 0);
    }
}
