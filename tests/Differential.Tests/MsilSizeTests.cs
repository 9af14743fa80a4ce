using System.Globalization;

using CellPpe.Ppe.Engines;
using CellPpe.Ppe.Regions;
using CellPpe.Ppe.State;
using CellPpe.Recompiler;
using CellPpe.Recompiler.Backends.Msil;
using CellPpe.Recompiler.Passes;

using Differential.Tests.Regions;

namespace Differential.Tests;

/// <summary>
/// How much MSIL chosen loops become, each with its entry, exits and slow ways: what gets longer mostly gets slower. A change
/// beyond the tolerance, either way, needs the golden number changed and a run of the speed comparison. With PS3_GOLDEN_DIR
/// set, the numbers are written there instead of compared.
/// </summary>
public sealed class MsilSizeTests
{
    private const string FileName = "msil-sizes.txt";
    private const double Tolerance = 0.05;

    // Registers: r3 and r4 point to data, r5 is a small number.
    private static readonly (string Name, string Lines)[] Loops =
    [
        ("count", "addi r6,r6,1; b 0x10000"),
        ("crc", "lbz r7,1(r3); xor r7,r7,r5; rlwinm r7,r7,2,22,29; lwzx r7,r4,r7; rlwinm r5,r5,24,8,31; xor r5,r5,r7; addic. r8,r8,-1; bc "
        + "4,2,0x10000; b 0x10000"),
        ("copy", "addi r9,r0,40; mtspr 9,r9; ldx r7,r3,r5; stdx r7,r4,r5; bc 16,0,0x10008; b 0x10000"),
        ("compares",
            "cmp 0,1,r6,r7; bc 12,0,0x10010; cmpli 7,0,r6,9; bc 12,30,0x10014; addi r6,r6,1; cmpi 1,1,r6,100; bc 4,4,0x10000; addi "
            + "r6,r0,0; b 0x10000"),
        ("carries", "addc r6,r6,r7; adde r8,r8,r9; subfc. r10,r6,r8; addze r11,r11; b 0x10000"),
        ("call", "bl 0x1000c; addi r7,r7,1; b 0x10000; addi r6,r6,1; bclr 20,0,0"),
        ("daxpy", "lfd f1,8(r3); lfd f2,8(r4); fmadd f2,f1,f3,f2; stfd f2,8(r4); b 0x10000"),
        ("singles", "lfs f1,8(r3); fmuls f2,f1,f3; fadds f4,f4,f2; fcmpu 0,f4,f5; stfs f4,8(r4); b 0x10000"),
        ("vectors", "lvx v1,r3,r5; vaddubs v1,v1,v2; vperm v3,v1,v2,v4; stvx v3,r4,r5; b 0x10000"),
        ("atomic", "lwarx r6,r0,r3; addi r6,r6,1; stwcx. r6,r0,r3; bc 4,2,0x10000; b 0x10000"),
    ];

    [Fact]
    public void Chosen_loops_keep_their_size()
    {
        string[] lines = [.. Loops.Select(static loop => string.Create(CultureInfo.InvariantCulture, $"{loop.Name} {SizeOf(loop.Lines)}"))];
        if (Environment.GetEnvironmentVariable("PS3_GOLDEN_DIR") is { Length: > 0 } directory)
        {
            File.WriteAllLines(Path.Combine(directory, FileName), lines);
            return;
        }

        string[] golden = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Golden", FileName));
        Assert.Equal(golden.Select(static line => line.Split(' ')[0]), Loops.Select(static loop => loop.Name));
        Assert.All(golden.Zip(lines), static pair =>
        {
            (double expected, double actual) = (Number(pair.First), Number(pair.Second));
            Assert.True(Math.Abs(actual - expected) <= Tolerance * expected, $"{pair.Second} bytes of MSIL, golden {pair.First}");
        });
    }

    private static int Number(string line) => int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);

    private static unsafe int SizeOf(string lines)
    {
        const int Rounds = 500;
        using var machine = new RegionMachine(engine: PpuEngine.Interpreter);
        machine.Thread.SetMsr(Msr.Sf | Msr.Fp | Msr.Vec);
        machine.State.Gpr[3] = RegionMachine.Data;
        machine.State.Gpr[4] = RegionMachine.Data + 0x1000;
        machine.State.Gpr[8] = 20;
        machine.Load(lines);
        machine.Run(Rounds);
        PpuRegionPlan plan = machine.Plan()!;
        Assert.Equal(lines.Split(';').Length, plan.Instructions);
        using var region = new PpuRegion(0, plan);
        IrRegion translated = RegionCompiler.Translate(plan, PassPipeline.Standard(verify: true));
        return new MsilRegionBackend(new PpuRegionGuest(region), new HelperPlans(inline: false))
            .Compile(translated, "golden", speculative: true).MsilBytes;
    }
}
