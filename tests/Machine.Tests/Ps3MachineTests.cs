using System.Text;

using CellPpe.Ppe.Engines;

using Ps3Platform.Loaders;
using Ps3Platform.Machine;
using Ps3Platform.Machine.Configuration;

using Xunit;

namespace Machine.Tests;

/// <summary>Machines in one process: side by side, cancelled by the caller, ended by the guest.</summary>
public sealed class Ps3MachineTests
{
    [Fact]
    public void Two_machines_run_side_by_side_in_one_process()
    {
        using Ps3Machine first = Penguin.Build(out StringBuilder firstText);
        using Ps3Machine second = Penguin.Build(out StringBuilder secondText);

        Assert.Equal(RunEnd.PowerOff, first.Run(new RunLimits()).End);
        Assert.Equal(RunEnd.PowerOff, second.Run(new RunLimits()).End);

        Assert.Contains("PENGUIN OK", firstText.ToString(), StringComparison.Ordinal);
        Assert.Equal(firstText.ToString(), secondText.ToString());
        Assert.Equal(MachineStateHash.Of(first), MachineStateHash.Of(second));
    }

    [Theory]
    [InlineData(PpuEngine.Auto)]
    [InlineData(PpuEngine.Compiled)]
    public void Every_engine_is_in_the_same_state_after_the_same_number_of_instructions(PpuEngine engine)
    {
        using Ps3Machine interpreted = Penguin.Build(out StringBuilder expected, engine: PpuEngine.Interpreter);
        using Ps3Machine machine = Penguin.Build(out StringBuilder text, engine: engine);

        foreach (ulong instructions in (ulong[])[1_000_003, 2_500_000, 6_000_001])
        {
            interpreted.Run(new RunLimits { Instructions = instructions });
            machine.Run(new RunLimits { Instructions = instructions });

            Assert.Equal(instructions, machine.Instructions);
            Assert.Equal(MachineStateHash.Of(interpreted), MachineStateHash.Of(machine));
        }

        Assert.Equal(interpreted.Run(new RunLimits()).End, machine.Run(new RunLimits()).End);
        Assert.Equal(expected.ToString(), text.ToString());
        Assert.Equal(MachineStateHash.Of(interpreted), MachineStateHash.Of(machine));
        Assert.Equal(0, machine.Ppe.Statistics.Failures);
        Assert.True(machine.Ppe.Statistics.Compiled > 0, machine.Ppe.Statistics.ToString());
    }

    [Theory]
    [InlineData(PpuEngine.Interpreter)]
    [InlineData(PpuEngine.Compiled)]
    public void A_run_in_pieces_ends_in_the_state_of_a_run_in_one(PpuEngine engine)
    {
        using Ps3Machine whole = Penguin.Build(out _, engine: engine);
        using Ps3Machine pieces = Penguin.Build(out _, engine: engine);

        whole.Run(new RunLimits { Instructions = 3_000_000 });
        pieces.Run(new RunLimits { Instructions = 1_000_000 });
        string early = MachineStateHash.Of(pieces);
        pieces.Run(new RunLimits { Instructions = 3_000_000 });

        Assert.Equal(3_000_000UL, whole.Instructions);
        Assert.Equal(3_000_000UL, pieces.Instructions);
        Assert.NotEqual(early, MachineStateHash.Of(pieces));
    }

    [Fact]
    public void Cancellation_stops_a_machine_that_only_waits()
    {
        using Ps3Machine machine = Penguin.Build(out StringBuilder text, "noshutdown procs=0", ClockMode.Host);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));

        RunOutcome outcome = machine.Run(new RunLimits { Cancel = stop.Token });

        // The detector may find that a guest that pauses for ever has locked up before the cancellation takes effect.
        Assert.True(outcome.End is RunEnd.Cancelled or RunEnd.LockedUp, outcome.ToString());
        Assert.Contains("penguin", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_power_button_is_refused_while_no_guest_listens()
    {
        using Ps3Machine machine = Penguin.Build(out _);

        Assert.False(machine.SystemManager.PressPowerButton());
    }

    [Fact]
    public void Files_that_do_not_fit_are_refused_before_the_guest_runs()
    {
        BootException refused = Assert.Throws<BootException>(() => MachineBuilder.Build(Penguin.Config(new StringBuilder()) with
        {
            MemorySize = 32UL << 20,
            Initrd = new ImageFile("big.cpio", new byte[40 << 20]),
        }));

        Assert.Contains("initrd of 40 MiB does not fit", refused.Message, StringComparison.Ordinal);
    }
}
