using CellPpe.Ppe.Isa;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Translation;
using CellPpe.Recompiler;
using CellPpe.Recompiler.Inspection;
using CellPpe.Recompiler.Passes;

namespace Differential.Tests;

/// <summary>
/// The exact blocks of five small regions, before and after the passes: what gets slower or longer shows here first.
/// With PS3_GOLDEN_DIR set, the files are written there instead of compared.
/// </summary>
public sealed class GoldenTests
{
    private const ulong On = Msr.Sf | Msr.Fp | Msr.Vec;

    [Fact]
    public void Crc_step() => Check("crc-step", On,
        Asm.Lbzu(rt: 7, ra: 3, si: 1),
        Asm.Xor(ra: 7, rs: 7, rb: 5),
        Asm.Rlwinm(ra: 7, rs: 7, sh: 2, mb: 22, me: 29),
        Asm.Lwzx(rt: 7, ra: 6, rb: 7),
        Asm.Rlwinm(ra: 5, rs: 5, sh: 24, mb: 8, me: 31),
        Asm.Xor(ra: 5, rs: 5, rb: 7),
        Asm.Bc(bo: 16, bi: 0, bd: -24));

    [Fact]
    public void Compare_and_branch() => Check("compare-and-branch", On,
        Asm.AddicDot(rt: 9, ra: 9, si: -1),
        Asm.Cmpi(bf: 0, l: 0, ra: 9, si: 0),
        Asm.Addi(rt: 9, ra: 9, si: 4),
        Asm.Cmpli(bf: 0, l: 1, ra: 9, ui: 64),
        Asm.Bc(bo: 12, bi: 0, bd: 0x40));

    [Fact]
    public void Long_addition_in_32_bit_mode() => Check("long-addition-32", 0,
        Asm.Addc(rt: 3, ra: 3, rb: 5),
        Asm.Adde(rt: 4, ra: 4, rb: 6),
        Asm.AddzeDot(rt: 7, ra: 7),
        Asm.Stwu(rs: 3, ra: 1, si: -8),
        Asm.Bclr(bo: 20, bi: 0, bh: 0));

    [Fact]
    public void Multiply_add_with_exceptions_on() => Check("multiply-add", On | Msr.Fe0,
        Asm.Lfs(frt: 1, ra: 3, si: 0),
        Asm.FmaddDot(frt: 2, fra: 1, frb: 2, frc: 3),
        Asm.Stfdx(frs: 2, ra: 4, rb: 5),
        Asm.Sc(lev: 1));

    [Fact]
    public void Vector_search() => Check("vector-search", On,
        Asm.Lvx(vrt: 1, ra: 0, rb: 3),
        Asm.Vaddubs(vrt: 1, vra: 1, vrb: 2),
        Asm.VcmpequbDot(vrt: 3, vra: 1, vrb: 4),
        Asm.Stvlx(vrs: 3, ra: 5, rb: 6),
        Asm.Bc(bo: 12, bi: 24, bd: 16));

    private static void Check(string name, ulong msr, params uint[] words)
    {
        IrBlock built = PpuIrTranslation.Translate(0x1000, words, new PpuIrMode(msr));
        IrBlock optimized = PassPipeline.Standard(verify: true).Run(built);
        string listing = string.Concat(
            words.Select((word, index) => $"# {PpuDisassembler.Disassemble(word, 0x1000 + (4 * (ulong)index)).TrimEnd()}\n"));
        string text =
            $"{listing}\nas built: {IrPrinter.Print(built, PpuIrSlots.Name)}\nafter the passes: "
            + $"{IrPrinter.Print(optimized, PpuIrSlots.Name)}";
        if (Environment.GetEnvironmentVariable("PS3_GOLDEN_DIR") is { Length: > 0 } directory)
            File.WriteAllText(Path.Combine(directory, name + ".ir"), text);
        else
            Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", name + ".ir")), text);
    }
}
