using System.Globalization;

using CellPpe.Ppe.Engines;

using Xunit.Abstractions;

namespace Differential.Tests.Programs;

/// <summary>
/// Whole programs, interpreted against compiled. PS3_DIFF_PROGRAMS sets how many run, PS3_DIFF_SEED the first one's seed: a
/// failure is run again alone with its seed and one program.
/// </summary>
public sealed class ProgramTests(ITestOutputHelper output)
{
    private const int SampleOfPrograms = 60;
    private static readonly TimeSpan PatienceToRun = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PatienceToShrink = TimeSpan.FromMinutes(1);

    [Fact]
    public Task Random_programs_do_the_same_interpreted_and_compiled() => DoTheSame(ProgramGenerator.Make);

    [Fact]
    public Task Random_programs_of_single_precision_numbers_do_the_same() => DoTheSame(ProgramGenerator.MakeNumeric);

    private async Task DoTheSame(Func<int, ProgramCase> make)
    {
        int programs = Setting("PS3_DIFF_PROGRAMS", SampleOfPrograms);
        int seed = Setting("PS3_DIFF_SEED", 1);
        var total = new Totals();
        for (int number = 0; number < programs; number++)
        {
            ProgramCase program = make(seed + number);
            // Compiled code that checks its budget too late would never return.
            Task<ProgramResult> run = Task.Run(() => ProgramComparison.Run(program));
            Assert.True(await Task.WhenAny(run, Task.Delay(PatienceToRun)) == run, $"seed {program.Seed} does not end");
            ProgramResult result = await run;
            if (result.Failed)
            {
                ProgramCase shrunk = ProgramShrinker.Shrink(program, ProgramComparison.Run, PatienceToShrink);
                Assert.Fail(ProgramShrinker.Report(shrunk, ProgramComparison.Run(shrunk)));
            }

            total.Add(result);
        }

        output.WriteLine($"{programs} programs from seed {seed}: {total}");
        // Programs that never get hot, or never stop faulting, would prove nothing.
        Assert.True(programs < SampleOfPrograms || total.Compiled > total.Instructions / 4, total.ToString());
    }

    // What went wrong once, by seed: an instruction left to the interpreter whose page the guest had just invalidated, at the very
    // end of a budget, was counted and not run.
    [Theory]
    [InlineData(9510)]
    public void Programs_that_failed_once_do_the_same(int seed)
    {
        ProgramResult result = ProgramComparison.Run(ProgramGenerator.Make(seed));

        Assert.False(result.Failed);
        Assert.True(result.Statistics.SideExits > 0, result.Statistics.ToString());
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) ? value
        : otherwise;

    private sealed class Totals
    {
        private long _regions;
        private long _dropped;
        private long _native;

        public long Instructions { get; private set; }

        public long Compiled { get; private set; }

        public void Add(ProgramResult result)
        {
            EngineStatistics statistics = result.Statistics;
            Instructions += result.Instructions;
            Compiled += statistics.Compiled;
            _regions += statistics.Installed;
            _dropped += statistics.Dropped;
            _native += statistics.Native.Units;
        }

        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture,
                $"{Instructions} instructions, {Compiled} of them compiled, {_regions} regions, {_dropped} dropped, {_native} native runs");
    }
}
