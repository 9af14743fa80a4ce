using CellPpe.Ppe;
using CellPpe.Ppe.Engines;
using CellPpe.Ppe.State;

using Xunit;

namespace CellPpe.Tests.Execution;

/// <summary>
/// Loops in which a register grows beyond single precision while single-precision arithmetic uses it. Compiled code of every kind
/// must detect this in the iteration where it happens, although all results could be single-precision numbers.
/// </summary>
public sealed unsafe class LargeOperandLoopTests
{
    private const int Turns = 200;
    private const int Beyond = 128;
    private const ulong DefaultNan = 0x7ff8_0000_0000_0000;

    private static readonly EngineOptions Compiled = new() { Threshold = 2, LargeThreshold = 10, Synchronous = true };

    // Registers: f1 is 2^turn, f3 the same, f5 2^-100, f6 3, f0 0.
    private static readonly Dictionary<string, Func<double, double>> Instructions = new()
    {
        ["fmuls f2,f1,f5"] = static x => x * Math.ScaleB(1, -100),
        ["fmuls f2,f5,f1"] = static x => x * Math.ScaleB(1, -100),
        ["fmuls f2,f1,f0"] = static _ => 0,
        ["fadds f2,f1,f4"] = static x => 0.5 * x,
        ["fsubs f2,f1,f3"] = static _ => 0,
        ["fmadds f2,f1,f5,f6"] = static x => (float)((x * Math.ScaleB(1, -100)) + 3),
        ["fmsubs f2,f5,f1,f6"] = static x => (float)((x * Math.ScaleB(1, -100)) - 3),
        ["fnmadds f2,f0,f6,f1"] = static x => -x,
        ["fnmsubs f2,f6,f0,f1"] = static x => x,
        ["fdivs f2,f1,f6"] = static x => x < Math.ScaleB(1, Beyond) ? (float)(x / 3) : x / 3,
        ["fdivs f2,f6,f1"] = static x => x < Math.ScaleB(1, Beyond) ? (float)(3 / x) : 3 / x,
    };

    public static TheoryData<string, string> Cases()
    {
        var data = new TheoryData<string, string>();
        foreach (string instruction in Instructions.Keys)
        {
            foreach (string engine in (string[])["interpreter", "regions", "native", "native, then regions"])
                data.Add(instruction, engine);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_turn_at_which_an_operand_leaves_single_precision_is_noticed(string instruction, string engine)
    {
        using var machine = new TestMachine(Configuration(engine));
        machine.Thread.SetMsr(Msr.Sf | Msr.Fp);
        // FPSCR.XX is set beforehand: in real programs it soon is.
        machine.State.Fpscr.Value = Fpscr.Summarize(Fpscr.Xx);
        (machine.State.Fpr[1], machine.State.Fpr[3]) = (Image(1), Image(1));
        machine.State.Fpr[4] = Image(-0.5);
        (machine.State.Fpr[5], machine.State.Fpr[6]) = (Image(Math.ScaleB(1, -100)), Image(3));
        machine.State.Gpr[3] = TestMachine.Data - 8;
        machine.State.Ctr = Turns;

        machine.Load($"{instruction}; fadd f1,f1,f1; fadd f3,f3,f3; fadd f4,f4,f4; stfdu f2,8(r3); bc 16,0,{TestMachine.Code}");
        // Compiled code is installed between two runs.
        for (int part = 0; part < 25; part++)
            machine.Step(Turns * 6 / 25);

        Assert.Equal(TestMachine.Code + 24, machine.State.Nia);
        for (int turn = 0; turn < Turns; turn++)
        {
            double expected = Instructions[instruction](Math.ScaleB(1, turn));
            ulong image = turn < Beyond || instruction.StartsWith("fdivs", StringComparison.Ordinal) ? Image(expected) : DefaultNan;
            Assert.Equal($"{turn}: {image:x16}", $"{turn}: {machine.Read64(TestMachine.Data + (8 * (ulong)turn)):x16}");
        }

        if (engine != "interpreter")
            Assert.True(machine.Core.Statistics.Compiled > Turns, machine.Core.Statistics.ToString());
    }

    private static PpuConfiguration Configuration(string engine) => new(1, TestMachine.Data + TestMachine.DataSize, 4096,
        engine == "interpreter" ? PpuEngine.Interpreter : PpuEngine.Compiled)
    {
        Options = engine switch
        {
            "native" => Compiled with { NativeThreshold = 2, Threshold = 10_000 },
            "native, then regions" => Compiled with { NativeThreshold = 2, Threshold = 20 },
            _ => Compiled,
        },
    };

    private static ulong Image(double number) => BitConverter.DoubleToUInt64Bits(number);
}
