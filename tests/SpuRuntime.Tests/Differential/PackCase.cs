namespace SpuRuntime.Tests.Differential;

/// <summary>A program of <see cref="PackGenerator"/>: its data are such that compiled code's checks of operands mostly pass.</summary>
/// <param name="Seed">See <see cref="ProgramCase"/>.</param>
/// <param name="Words">See <see cref="ProgramCase"/>.</param>
/// <param name="Loops">Where its innermost loops begin.</param>
/// <param name="IsFinite">The data contain no infinities and NaNs, whose results depend on the host.</param>
internal sealed record PackCase(int Seed, uint[] Words, uint[] Loops, bool IsFinite) : ProgramCase(Seed, Words)
{
    // The first values have another meaning on hosts than on an SPU.
    private static readonly uint[] Odd =
        [0xff80_0000, 0x7fff_ffff, 0x7f80_0000, 0xffff_ffff, 0x8000_0000, 0x0000_0001, 0x807f_ffff, 0x0080_0000, 0x7e80_0000, 0x1000_0000,
            0, 0x3f80_0000];

    private const int NotFinite = 4;

    private static readonly int[] OddsInThousand = [0, 2, 10, 40];

    public override void Prepare(TestSpu spu)
    {
        const uint Page = 0x1000;
        base.Prepare(spu);
        var random = new Random(Seed + 2);
        // What offsets reach behind the data, and what is read where addresses go around.
        for (uint offset = 0; offset < Page; offset += 4)
        {
            spu.SetWord(Data + Page + offset, Number(random));
            spu.SetWord((uint)spu.LocalStore.Length - Page + offset, Number(random));
        }
    }

    protected override uint Number(Random random) =>
        random.Next(1000) < OddsInThousand[Seed % OddsInThousand.Length]
            ? Odd[random.Next(IsFinite ? NotFinite : 0, Odd.Length)]
            : BitConverter.SingleToUInt32Bits((random.NextSingle() - 0.5f) * 3);
}
