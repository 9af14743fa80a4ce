using CellPpe.Ppe.Engines;
using CellPpe.Ppe.Isa;
using CellPpe.Ppe.State;

using Xunit;

namespace CellPpe.Tests.Execution;

/// <summary>
/// What consoles were seen to do where the books leave it open: the numbers are those that consoles printed, or those of a
/// test program that passes on one.
/// </summary>
public abstract unsafe class ConsoleTests : IDisposable
{
    private const ulong Huge = 0x47f0_0000_0000_0000; // 2^128
    private const ulong LargestSingle = 0x47ef_ffff_e000_0000;
    private const ulong LargestDouble = 0x7fef_ffff_ffff_ffff;
    private const ulong LargestExponent = 0x47e0_0000_0000_0000; // 2^127
    private const ulong One = 0x3ff0_0000_0000_0000;
    private const ulong Half = 0x3fe0_0000_0000_0000;
    private const ulong Two = 0x4000_0000_0000_0000;
    private const ulong Infinity = 0x7ff0_0000_0000_0000;
    private const ulong Sign = 0x8000_0000_0000_0000;
    private const ulong DefaultNan = 0x7ff8_0000_0000_0000;
    private const ulong SignalingNan = 0x7ff4_0000_0000_0000;
    private const ulong QuietedNan = 0x7ffc_0000_0000_0000;
    private const ulong OtherQuietNan = 0xfffa_0000_0000_0000;
    private const ulong Before = 0xdead_beef_cafe_f00d;
    private const uint FprfNan = 0x1_1000;
    private const uint FprfPositive = 0x4000;
    private const uint Inexact = Fpscr.Fx | Fpscr.Xx | Fpscr.Fi;

    private readonly TestMachine _machine;

    protected ConsoleTests(PpuEngine engine)
    {
        _machine = new TestMachine(engine);
        _machine.Thread.SetMsr(Msr.Sf | Msr.Fp);
    }

    private ref PpuState State => ref _machine.State;

    public void Dispose()
    {
        _machine.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(1.0f, 0x3f7f_0000u)]
    [InlineData(1.4f, 0x3f36_8000u)]
    [InlineData(1.5f, 0x3f2a_0000u)]
    [InlineData(2.0f, 0x3eff_0000u)]
    [InlineData(-2.0f, 0xbeff_0000u)]
    [InlineData(1.0078125f, 0x3f7d_0800u)]
    [InlineData(1.9921875f, 0x3f00_0000u)]
    public void Fres_is_by_table(float operand, uint expected)
    {
        float estimate = BitConverter.UInt32BitsToSingle(expected);
        Check("fres f4,f2", new(B: Image(operand)), Image(estimate), estimate < 0 ? 0x8000u : FprfPositive);
    }

    [Theory]
    [InlineData(1.0, 0x3fef_1000_0000_0000u)]
    [InlineData(1.5, 0x3fe9_8000_0000_0000u)]
    [InlineData(2.0, 0x3fe6_0000_0000_0000u)]
    [InlineData(4.0, 0x3fdf_1000_0000_0000u)]
    [InlineData(0.5, 0x3ff6_0000_0000_0000u)]
    [InlineData(1.9, 0x3fe7_0000_0000_0000u)]
    [InlineData(3.9, 0x3fe0_8000_0000_0000u)]
    public void Frsqrte_is_by_table(double operand, ulong expected) =>
        Check("frsqrte f4,f2", new(B: Image(operand)), expected, FprfPositive);

    [Fact]
    public void Fres_of_a_number_that_is_not_a_power_of_two_raises_nothing() =>
        Check("fres f4,f2", new(B: Image(1.6f)), Image(BitConverter.UInt32BitsToSingle(0x3f20_0000)), 0x0000_4000);

    [Fact]
    public void Fres_of_the_largest_single_is_denormalized_and_raises_nothing() =>
        Check("fres f4,f2", new(B: LargestSingle), 0x37f0_0000_0000_0000, 0x0001_4000);

    [Theory]
    [InlineData("fres")]
    [InlineData("frsqrte")]
    public void Estimates_leave_sticky_bits_and_enables_alone(string mnemonic)
    {
        const uint Sticky = Fpscr.Ox | Fpscr.Ux | Fpscr.Xx | Fpscr.VxImz | Fpscr.Vx | Fpscr.Xe | Fpscr.Fex;
        ulong result = mnemonic == "fres" ? Image(BitConverter.UInt32BitsToSingle(0x3f2a_0000)) : 0x3fe9_8000_0000_0000u;

        Check($"{mnemonic} f4,f2", new(B: Image(1.5f)), result, Sticky | FprfPositive, Sticky);
    }

    [Theory]
    [InlineData("fres", 0u, Infinity, Fpscr.Fx | Fpscr.Zx | 0x5000u)]
    [InlineData("fres", Sign, Infinity | Sign, Fpscr.Fx | Fpscr.Zx | 0x9000u)]
    [InlineData("fres", Infinity, 0u, 0x2000u)]
    [InlineData("fres", Infinity | Sign, Sign, 0x1_2000u)]
    [InlineData("fres", OtherQuietNan, OtherQuietNan, FprfNan)]
    [InlineData("fres", SignalingNan, QuietedNan, Fpscr.Fx | Fpscr.Vx | Fpscr.VxSnan | FprfNan)]
    [InlineData("frsqrte", 0u, Infinity, Fpscr.Fx | Fpscr.Zx | 0x5000u)]
    [InlineData("frsqrte", Sign, Infinity | Sign, Fpscr.Fx | Fpscr.Zx | 0x9000u)]
    [InlineData("frsqrte", Infinity, 0u, 0x2000u)]
    [InlineData("frsqrte", Infinity | Sign, DefaultNan, Fpscr.Fx | Fpscr.Vx | Fpscr.VxSqrt | FprfNan)]
    [InlineData("frsqrte", One | Sign, DefaultNan, Fpscr.Fx | Fpscr.Vx | Fpscr.VxSqrt | FprfNan)]
    [InlineData("frsqrte", OtherQuietNan, OtherQuietNan, FprfNan)]
    [InlineData("frsqrte", SignalingNan, QuietedNan, Fpscr.Fx | Fpscr.Vx | Fpscr.VxSnan | FprfNan)]
    public void Estimates_of_specials_are_as_the_book_says(string mnemonic, ulong operand, ulong expected, uint fpscr) =>
        Check($"{mnemonic} f4,f2", new(B: operand), expected, fpscr);

    [Theory]
    [InlineData("fadd f4,f1,f2", LargestDouble, LargestDouble)]
    [InlineData("fmul f4,f1,f3", LargestDouble, LargestDouble)]
    [InlineData("fadds f4,f1,f2", LargestSingle, LargestSingle)]
    [InlineData("fmadds f4,f1,f3,f2", LargestSingle, LargestSingle)]
    [InlineData("frsp f4,f2", 0u, LargestDouble)]
    public void Overflow_to_infinity_sets_FR(string instruction, ulong a, ulong b) =>
        Check(instruction, new(a, b, a), Infinity, 0x9206_5000);

    // Chosen: consoles were seen rounding to nearest only.
    [Theory]
    [InlineData(1u, LargestDouble, FprfPositive)]
    [InlineData(2u, Infinity, 0x5000 | Fpscr.Fr)]
    [InlineData(3u, LargestDouble, FprfPositive)]
    public void Overflow_in_other_modes_sets_FR_if_the_magnitude_grew(uint mode, ulong expected, uint described)
    {
        const uint Overflow = Fpscr.Fx | Fpscr.Ox | Fpscr.Xx | Fpscr.Fi;
        Check("fadd f4,f1,f2", new(LargestDouble, LargestDouble), expected, Overflow | described | mode, mode);
    }

    [Theory]
    [InlineData("fadds f4,f1,f2", Huge, LargestSingle | Sign, 0u)]
    [InlineData("fadds f4,f1,f2", LargestSingle | Sign, Huge, 0u)]
    [InlineData("fadds f4,f1,f2", Huge, Huge | Sign, 0u)]
    [InlineData("fsubs f4,f1,f2", Huge, LargestSingle, 0u)]
    [InlineData("fsubs f4,f1,f2", LargestSingle, Huge, 0u)]
    [InlineData("fsubs f4,f1,f2", Huge, Huge, 0u)]
    [InlineData("fmuls f4,f1,f3", Huge, 0u, 0u)]
    [InlineData("fmuls f4,f1,f3", 0u, 0u, Huge)]
    [InlineData("fmuls f4,f1,f3", Huge, 0u, Half)]
    [InlineData("fmuls f4,f1,f3", LargestDouble | Sign, 0u, 0x0010_0000_0000_0000u)]
    [InlineData("fmadds f4,f1,f3,f2", Huge, 0u, Half)]
    [InlineData("fmadds f4,f1,f3,f2", Half, 0u, Huge)]
    [InlineData("fmadds f4,f1,f3,f2", One, Huge, LargestSingle | Sign)]
    [InlineData("fmsubs f4,f1,f3,f2", Huge, 0u, Half)]
    [InlineData("fmsubs f4,f1,f3,f2", Half, 0u, Huge)]
    [InlineData("fmsubs f4,f1,f3,f2", One, Huge, LargestSingle)]
    [InlineData("fnmadds f4,f1,f3,f2", Huge, 0u, Half)]
    [InlineData("fnmadds f4,f1,f3,f2", One, Huge, LargestSingle | Sign)]
    [InlineData("fnmsubs f4,f1,f3,f2", Half, 0u, Huge)]
    [InlineData("fnmsubs f4,f1,f3,f2", One, Huge, LargestSingle)]
    // Chosen: infinities and quiet NaNs beside such an operand.
    [InlineData("fadds f4,f1,f2", OtherQuietNan, Huge, 0u)]
    [InlineData("fsubs f4,f1,f2", Huge, Infinity, 0u)]
    [InlineData("fmadds f4,f1,f3,f2", Infinity, Huge, 0u)]
    public void An_operand_beyond_single_precision_gives_the_default_NaN_and_no_exception(string instruction, ulong a, ulong b, ulong c)
    {
        Check(instruction, new(a, b, c), DefaultNan, FprfNan);
        // What stands already stays; enabled exceptions do not occur.
        const uint Enables = Fpscr.Ve | Fpscr.Oe | Fpscr.Ue | Fpscr.Xe;
        Check(instruction, new(a, b, c), DefaultNan, Fpscr.Xx | FprfNan, Fpscr.Xx | Fpscr.Fr | Fpscr.Fi);
        Check(instruction, new(a, b, c), DefaultNan, Enables | FprfNan, Enables);
    }

    [Theory]
    [InlineData("fadds f4,f1,f2", Huge, SignalingNan, 0u)]
    [InlineData("fadds f4,f1,f2", SignalingNan, Huge, 0u)]
    [InlineData("fsubs f4,f1,f2", Huge, SignalingNan, 0u)]
    [InlineData("fsubs f4,f1,f2", SignalingNan, Huge, 0u)]
    [InlineData("fmuls f4,f1,f3", Huge, 0u, SignalingNan)]
    [InlineData("fmuls f4,f1,f3", SignalingNan, 0u, Huge)]
    [InlineData("fmadds f4,f1,f3,f2", Huge, SignalingNan, One)]
    [InlineData("fnmsubs f4,f1,f3,f2", SignalingNan, Huge, One)]
    public void A_signaling_NaN_takes_precedence(string instruction, ulong a, ulong b, ulong c)
    {
        Check(instruction, new(a, b, c), QuietedNan, Fpscr.Fx | Fpscr.Vx | Fpscr.VxSnan | FprfNan);
        Check(instruction, new(a, b, c), Before, Fpscr.Fx | Fpscr.Fex | Fpscr.Vx | Fpscr.VxSnan | Fpscr.Ve, Fpscr.Ve);
    }

    // 2 - 2^-52 and 2^-52 in the mode that rounds toward zero: truncated operands would give less than 2. And 4/3 * 3/2 is rounded up to 2.
    [Theory]
    [InlineData("fadds f4,f1,f2", 0x3fff_ffff_ffff_ffffu, 0x3cb0_0000_0000_0000u, 1u, FprfPositive)]
    [InlineData("fadds f4,f1,f2", 0x3cb0_0000_0000_0000u, 0x3fff_ffff_ffff_ffffu, 1u, FprfPositive)]
    [InlineData("fsubs f4,f1,f2", 0x3fff_ffff_ffff_ffffu, 0xbcb0_0000_0000_0000u, 1u, FprfPositive)]
    [InlineData("fmuls f4,f1,f3", 0x3ff5_5555_5555_5555u, 0x3ff8_0000_0000_0000u, 2u, Inexact | Fpscr.Fr | FprfPositive)]
    [InlineData("fmuls f4,f1,f3", 0x3ff5_5555_5555_5556u, 0x3ff8_0000_0000_0000u, 1u, Inexact | FprfPositive)]
    public void Operands_with_more_fraction_bits_than_single_precision_are_used_as_they_are(
        string instruction, ulong a, ulong b, uint mode, uint fpscr) =>
        Check(instruction, new(a, b, b), Two, fpscr | mode, mode);

    // Chosen: only large operands are outside the range.
    [Theory]
    [InlineData("fadds f4,f1,f2", 1u, One, One, Fpscr.Fx | Fpscr.Xx | Fpscr.Fi | FprfPositive)]
    [InlineData("fmuls f4,f1,f3", 0x2000_0000_0000_0000u, LargestSingle, 0u, Fpscr.Fx | Fpscr.Ux | Fpscr.Xx | Fpscr.Fi | 0x2000)]
    [InlineData("fadds f4,f1,f2", LargestSingle, 0x47df_ffff_ffff_ffffu | Sign, 0x47df_ffff_c000_0000u, Inexact | FprfPositive)]
    public void Operands_below_single_precision_or_just_inside_are_used_as_they_are(
        string instruction, ulong a, ulong b, ulong expected, uint fpscr) =>
        Check(instruction, new(a, b, b), expected, fpscr);

    [Theory]
    [InlineData(Huge, Two, LargestExponent, FprfPositive)]
    [InlineData(Huge, Half, 0x4800_0000_0000_0000u, FprfPositive)]
    [InlineData(0x4800_0000_0000_0000u, 0x3ff8_0000_0000_0000u, 0x47f5_5555_5555_5555u, Fpscr.Fx | Fpscr.Xx | Fpscr.Fi | FprfPositive)]
    [InlineData(One, LargestDouble, 0x0004_0000_0000_0000u, Fpscr.Fx | Fpscr.Ux | Fpscr.Xx | Fpscr.Fi | 0x1_4000)]
    [InlineData(Huge, 0u, Infinity, Fpscr.Fx | Fpscr.Zx | 0x5000)]
    [InlineData(SignalingNan, Huge, QuietedNan, Fpscr.Fx | Fpscr.Vx | Fpscr.VxSnan | FprfNan)]
    public void Fdivs_with_such_an_operand_is_fdiv(ulong a, ulong b, ulong expected, uint fpscr)
    {
        Check("fdiv f4,f1,f2", new(a, b), expected, fpscr);
        Check("fdivs f4,f1,f2", new(a, b), expected, fpscr);
    }

    [Fact]
    public void Rounding_selecting_and_storing_take_numbers_beyond_single_precision_as_the_book_says()
    {
        Check("frsp f4,f2", new(B: Huge), Infinity, 0x9206_5000);
        Check("fsel f4,f1,f3,f2", new(One, One, Huge), Huge, 0);
        Check("fsqrts f4,f2", new(B: Huge), 0x43f0_0000_0000_0000, FprfPositive); // 2^64; chosen
        State.Gpr[3] = TestMachine.Data;
        Check("stfs f2,0(r3)", new(B: Huge), Before, 0);
        Assert.Equal(0x7f80_0000u, _machine.Read32(TestMachine.Data)); // Book I 4.6.3: the bits that fit
    }

    [Fact]
    public void The_upper_word_of_mffs_is_fff80000()
    {
        const uint Status = Fpscr.Fx | Fpscr.Xx | FprfPositive | 2;
        Check("mffs f4", default, 0xfff8_0000_0000_0000 | Status, Status, Status);
    }

    [Theory]
    [InlineData("mulhd")]
    [InlineData("mulhdu")]
    [InlineData("mulhw")]
    [InlineData("mulhwu")]
    public void OE_is_ignored_in_mulh_without_Rc_and_illegal_with_it(string mnemonic)
    {
        const uint Oe = 0x400;
        uint plain = PpuAssembler.AssembleLines($"{mnemonic} r3,r9,r8", TestMachine.Code)[0];
        Assert.Equal(0x7c69_4093u & 0xffff_fc00, plain & 0xffff_fc00);
        ulong Product(uint word)
        {
            State.Gpr[3] = 77;
            State.Gpr[8] = 3UL << 32 | 0x4000_0000;
            State.Gpr[9] = 5UL << 32 | 0x4000_0000;
            State.XerValue = 0;
            State.CrValue = 0;
            State.Nia = TestMachine.Code;
            _machine.Load([word]);
            _machine.Step();
            return State.Gpr[3];
        }

        ulong expected = Product(plain);
        Assert.Equal(mnemonic.Contains('w', StringComparison.Ordinal) ? 0x1000_0000UL : 17UL, expected);
        Assert.Equal(expected, Product(plain | Oe));
        Assert.Equal((TestMachine.Code + 4, 0UL, 0u), (State.Nia, State.XerValue, State.CrValue));
        Assert.Equal(expected, Product(plain | 1));
        Assert.Equal(0x4000_0000u, State.CrValue);

        Assert.Equal(77UL, Product(plain | Oe | 1));
        AssertIllegal();
        Assert.Equal(0u, State.CrValue);
    }

    [Fact]
    public void Mulhd_with_OE_and_Rc_is_the_word_seen() => Assert.Equal(PpuOp.Invalid, PpuDecoder.Decode(0x7c69_4493));

    [Fact]
    public void Popcntb_is_illegal()
    {
        State.Nia = TestMachine.Code;
        _machine.Load([0x7c83_00f4]); // popcntb r3,r4 (Book I 3.3.11, of later versions)
        _machine.Step();
        AssertIllegal();
    }

    private static ulong Image(double number) => BitConverter.DoubleToUInt64Bits(number);

    private void AssertIllegal()
    {
        const ulong Illegal = 0x8_0000;
        Assert.Equal(0x700UL, State.Nia);
        Assert.Equal(TestMachine.Code, State.Srr0);
        Assert.Equal(Illegal, State.Srr1 & 0x783f_0000);
    }

    private void Check(string instruction, Operands operands, ulong expected, uint fpscrAfter, uint fpscrBefore = 0)
    {
        State.Fpscr.Value = Fpscr.Summarize(fpscrBefore);
        (State.Fpr[1], State.Fpr[2], State.Fpr[3], State.Fpr[4]) = (operands.A, operands.B, operands.C, Before);
        _machine.Run(instruction);

        Assert.Equal($"{instruction}: {expected:x16} {fpscrAfter:x8}", $"{instruction}: {State.Fpr[4]:x16} {State.Fpscr.Value:x8}");
        Assert.Equal(TestMachine.Code + 4, State.Nia);
    }

    private readonly record struct Operands(ulong A = 0, ulong B = 0, ulong C = 0);
}
