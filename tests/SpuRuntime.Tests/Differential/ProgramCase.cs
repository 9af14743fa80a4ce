using System.Globalization;
using System.Runtime.Intrinsics;
using System.Text;

using SpuRuntime.Isa;
using SpuRuntime.State;

namespace SpuRuntime.Tests.Differential;

/// <summary>A random program, its registers and data (from the seed), and what is done to it between slices.</summary>
/// <param name="Seed">The seed of registers, data and slices.</param>
/// <param name="Words">Instructions from <see cref="Start"/> on.</param>
internal record ProgramCase(int Seed, uint[] Words)
{
    /// <summary>Where the program is. An interrupt handler is at 0.</summary>
    public const uint Start = 0x80;

    /// <summary>Where most address registers point.</summary>
    public const uint Data = 0x8000;

    /// <summary>Its data are small numbers, zeros among them, and nearly all it does is single precision: the fast paths apply.</summary>
    public bool IsNumeric => Seed % 4 == 1;

    /// <summary>Registers that hold addresses of data; nothing but stray instructions changes them.</summary>
    public const int FirstAddress = 40;

    /// <summary>See <see cref="FirstAddress"/>.</summary>
    public const int Addresses = 4;

    /// <summary>The address register that points into the program.</summary>
    public const int CodeAddress = FirstAddress + Addresses;

    /// <summary>Most instructions use only this many registers, the first ones.</summary>
    public const int Registers = 12;

    /// <summary>The first of the further registers that a wide program uses. Together they are more than the host has.</summary>
    public const int FirstWide = 64;

    /// <summary>See <see cref="FirstWide"/>.</summary>
    public const int WideRegisters = 36;

    /// <summary>It uses more registers than the host has.</summary>
    public bool IsWide => Seed % 5 < 2;

    /// <summary>The program as text, one line an instruction.</summary>
    public string Listing()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"seed {Seed}\n");
        for (int index = 0; index < Words.Length; index++)
        {
            uint address = Start + (4 * (uint)index);
            text.Append(
                CultureInfo.InvariantCulture, $"{address:x5}: {Words[index]:x8}  {SpuDisassembler.Disassemble(Words[index], address)}\n");
        }

        return text.ToString();
    }

    /// <summary>Writes the program, its registers and its data into an SPU.</summary>
    public virtual void Prepare(TestSpu spu)
    {
        var random = new Random(Seed);
        random.NextBytes(spu.LocalStore.Slice((int)Data, 0x2000));
        for (int offset = 0; offset < 0x1000; offset += 4)
            spu.SetWord(Data + (uint)offset, Number(random));
        spu.Write("ai $100,$100,1\nirete $2", 0);
        for (int index = 0; index < Words.Length; index++)
            spu.SetWord(Start + (4 * (uint)index), Words[index]);
        for (int register = 0; register < 128; register++)
            spu.State.Registers[register] = Vector128.Create(Number(random), Number(random), Number(random), Number(random)).AsByte();
        for (int register = 0; register < Addresses; register++)
            spu.SetWords(FirstAddress + register, random.Next(16) == 0 ? NearTheEnd(random) : Data + (uint)random.Next(0x1000));
        spu.SetWords(CodeAddress, Start + ((uint)random.Next(Words.Length) * 4));
        spu.State.Fpscr = Vector128<byte>.Zero;
        spu.State.Pc = Start;
        spu.State.InterruptEnable = (uint)random.Next(2);
    }

    // The data lie on both sides of the point where addresses wrap.
    private static uint NearTheEnd(Random random) => (SpuState.LocalStoreSize * (uint)random.Next(1, 4)) - 0x100 + (uint)random.Next(0x180);

    /// <summary>A word of a register or of the data: ordinary single-precision numbers, small integers, zero, and anything.</summary>
    protected virtual uint Number(Random random) => (IsNumeric ? 3 + random.Next(3) : random.Next(6)) switch
    {
        0 => 0,
        1 => (uint)random.Next(-20, 20),
        2 => (uint)random.NextInt64(1L << 32),
        3 => BitConverter.SingleToUInt32Bits(random.Next(-8, 9)),
        _ => BitConverter.SingleToUInt32Bits((random.NextSingle() - 0.5f) * 100),
    };
}
