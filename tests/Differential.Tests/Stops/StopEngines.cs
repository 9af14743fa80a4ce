using CellPpe.Ppe.Engines;

using Differential.Tests.Regions;

namespace Differential.Tests.Stops;

/// <summary>The ways in which a hot loop can be run: a stop must be the same on all of them.</summary>
internal static class StopEngines
{
    public const string Interpreted = "interpreted";

    public static string[] All { get; } = [Interpreted, "regions", "native", "native, then regions"];

    public static TheoryData<string> Each => [.. All];

    /// <summary>A machine whose budgets are not exact, but for exact runs.</summary>
    public static RegionMachine Make(string name) => name switch
    {
        Interpreted => new RegionMachine(engine: PpuEngine.Interpreter, exactBudgets: false),
        "regions" => new RegionMachine(exactBudgets: false),
        "native" => new RegionMachine(new EngineOptions { NativeThreshold = 2, Threshold = 60_000 }, exactBudgets: false),
        _ => new RegionMachine(new EngineOptions { NativeThreshold = 2, Threshold = 20 }, exactBudgets: false),
    };

    /// <summary>Runs a loop until it is hot, in turns as a machine gives them.</summary>
    public static void Heat(RegionMachine machine, string engine, long instructions)
    {
        const long Turn = 60;
        long before = machine.Statistics.Compiled;
        for (long left = instructions; left > 0; left -= Turn)
            Assert.Equal(Turn, machine.Thread.Stops.RunExactly(Turn).Instructions);
        Assert.True(engine == Interpreted || machine.Statistics.Compiled - before > instructions / 2, machine.Statistics.ToString());
    }
}
