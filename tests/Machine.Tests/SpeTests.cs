using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;

using CellPpe.Core;
using CellPpe.Core.Ports;
using CellPpe.Core.Stops;
using CellPpe.Ppe.Engines;

using Lv1Hypervisor.Abi;

using Ps3Platform.Machine;
using Ps3Platform.Machine.Configuration;
using Ps3Platform.Machine.Spes;
using Ps3Platform.Machine.Turns;

using SpuRuntime.Engine;
using SpuRuntime.Isa;
using SpuRuntime.Spe;
using SpuRuntime.State;

using Xunit;

using static Machine.Tests.SpeGuest;

namespace Machine.Tests;

/// <summary>SPEs beside a running PPE, in turns and on their own host threads: interrupts, timers and failures.</summary>
public sealed class SpeTests
{
    private const ulong Status = 0x4024;

    // Counts in register 3 for ever.
    private const string Counter = "il $3,0; ai $3,$3,1; br 4";

    [Theory]
    [InlineData(PpuEngine.Interpreter)]
    [InlineData(PpuEngine.Compiled)]
    public void In_turns_the_same_run_gives_the_same_state(PpuEngine engine)
    {
        using Ps3Machine first = Penguin.Build(out _, engine: PpuEngine.Interpreter);
        using Ps3Machine second = Penguin.Build(out _, engine: engine);
        foreach (Ps3Machine machine in (Ps3Machine[])[first, second])
        {
            Start(machine, Counter);
            Start(machine, Counter);
            machine.Run(new RunLimits { Instructions = 1_000_000 });
        }

        // Eight instructions a tick for each of the two, while the PPE runs and while it waits.
        ulong done = first.Spes!.Instructions;
        ulong most = (first.Clock.TimeBase - IMachineClock.Frequency) * 16;
        Assert.InRange(done, most / 2, most);
        Assert.Equal(done, second.Spes!.Instructions);
        Assert.Equal(MachineStateHash.Of(first), MachineStateHash.Of(second));
        first.Spes.Taken[0].Registers.Registers[77] = default;
        Assert.Equal(MachineStateHash.Of(first), MachineStateHash.Of(second));
        first.Spes.Taken[0].Registers.Srr0 = 4;
        Assert.NotEqual(MachineStateHash.Of(first), MachineStateHash.Of(second));
    }

    [Fact]
    public void On_host_threads_they_run_beside_the_ppe_and_stop_after_the_run()
    {
        // "noshutdown" keeps the guest from ending the machine before the second run.
        using Ps3Machine machine = Penguin.Build(out _, "noshutdown", ClockMode.Host);
        LogicalSpe spe = Start(machine, Counter);
        machine.Run(new RunLimits { Timeout = TimeSpan.FromMilliseconds(300) });

        ulong done = spe.Registers.Instructions;
        Assert.True(done > 10_000, $"{done} instructions");
        Thread.Sleep(30);
        Assert.Equal(done, spe.Registers.Instructions);
        // Run control still says run, so the SPE continues with the machine.
        machine.Run(new RunLimits { Timeout = TimeSpan.FromMilliseconds(200) });
        Assert.True(spe.Registers.Instructions > done);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task They_stand_still_while_the_machine_is_stopped(bool hostThreads)
    {
        using Ps3Machine machine = MachineBuilder.Build(Penguin.Config(new StringBuilder()) with
        {
            Clock = ClockMode.Host,
            CommandLine = "noshutdown",
            HostThreads = hostThreads,
        });
        LogicalSpe spe = Start(machine, Counter);
        using var stop = new CancellationTokenSource();
        Task<RunOutcome> run = Task.Run(() => machine.Run(new RunLimits { Cancel = stop.Token, Timeout = TimeSpan.FromMinutes(2) }));
        await Task.Delay(300);
        machine.Post(machine.Pause.Stop);
        await Task.Delay(300);

        ulong done = spe.Registers.Instructions;
        Assert.True(done > 10_000, $"{done} instructions");
        await Task.Delay(500);
        Assert.Equal(done, spe.Registers.Instructions);
        machine.Post(machine.Pause.Continue);
        Assert.True(SpinWait.SpinUntil(() => spe.Registers.Instructions > done, TimeSpan.FromSeconds(30)));
        await stop.CancelAsync();
        Assert.Equal(RunEnd.Cancelled, (await run).End);
    }

    [Fact]
    public void A_machine_without_spes_has_none()
    {
        using Ps3Machine machine = MachineBuilder.Build(
            Penguin.Config(new StringBuilder()) with { Spes = 0, Clock = ClockMode.Instructions });
        Assert.Null(machine.Spes);
        Assert.Equal(RunEnd.PowerOff, machine.Run(new RunLimits()).End);
    }

    [Fact]
    public void A_failure_on_an_spes_host_thread_ends_the_run()
    {
        using Ps3Machine machine = MachineBuilder.Build(Penguin.Config(new StringBuilder()) with
        {
            Clock = ClockMode.Host,
            CommandLine = "noshutdown procs=0",
            SpuEngines = new FailingEngines(),
        });
        Start(machine, Counter);

        InvalidOperationException failure = Assert.Throws<InvalidOperationException>(
            () => machine.Run(new RunLimits { Timeout = TimeSpan.FromSeconds(30) }));

        Assert.Contains("SPE 0 failed: no engine", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interrupt_goes_straight_through_on_the_machines_thread_and_is_posted_once_from_others()
    {
        using Ps3Machine machine = Penguin.Build(out _, "noshutdown", ClockMode.Host);
        var outlet = new RecordingLine();
        IInterruptLine line = machine.Spes!.LineTo(outlet);
        int posts = 0;
        machine.Events.Posted += () => posts++;

        line.SetLevel(true);
        Assert.Equal([true], outlet.Levels);
        OnAnotherThread(() =>
        {
            for (int i = 0; i < 1000; i++)
                line.SetLevel((i & 1) != 0);
            line.SetLevel(false);
            line.Raise();
        });
        Assert.Equal([true], outlet.Levels);
        Assert.Equal(1, posts);
        machine.RunDue(machine.Clock.TimeBase);
        Assert.Equal([true, false], outlet.Levels);
        Assert.Equal(1, outlet.Edges);
        OnAnotherThread(() => line.SetLevel(true));
        machine.RunDue(machine.Clock.TimeBase);
        Assert.Equal([true, false, true], outlet.Levels);
    }

    [Fact]
    public void What_is_posted_from_another_thread_is_done_within_microseconds_of_guest_code()
    {
        using Ps3Machine machine = Penguin.Build(out _, "noshutdown", ClockMode.Host);
        using var stop = new CancellationTokenSource();
        var delays = new List<double>();
        var poster = new Thread(() =>
        {
            for (int i = 0; i < 200 && !stop.IsCancellationRequested; i++)
            {
                using var done = new ManualResetEventSlim();
                long asked = Stopwatch.GetTimestamp();
                machine.Post(() =>
                {
                    delays.Add(Stopwatch.GetElapsedTime(asked).TotalMicroseconds);
                    done.Set();
                });
                done.Wait(1000);
                Thread.SpinWait(2000);
            }

            stop.Cancel();
        });
        poster.Start();
        machine.Run(new RunLimits { Cancel = stop.Token, Timeout = TimeSpan.FromSeconds(20) });
        stop.Cancel();
        poster.Join();

        delays.Sort();
        // Usually a few microseconds; on a busy host single delays are longer. A whole turn is a tenth of a millisecond or more.
        Assert.True(delays.Count > 20, $"{delays.Count} only");
        Assert.True(delays[delays.Count / 4] < 1000, $"a quarter within {delays[delays.Count / 4]:0} us");
    }

    [Fact]
    public void A_timer_keeps_the_earliest_time_of_each_spe()
    {
        using Ps3Machine machine = Penguin.Build(out _);
        using var thread = new MachineThread(machine.Ppe);
        LogicalSpe first = Start(machine, Counter);
        LogicalSpe second = Start(machine, Counter);
        var timers = new SpeTimers(2, thread);
        Assert.Equal(ulong.MaxValue, timers.NextTime);

        OnAnotherThread(() => timers.WakeAt(500, second));
        timers.WakeAt(700, first);
        timers.WakeAt(900, first);
        Assert.Equal(500UL, timers.NextTime);
        timers.WakeAt(300, first);
        Assert.Equal(300UL, timers.NextTime);
        timers.RunDue(299);
        Assert.Equal(300UL, timers.NextTime);
        timers.RunDue(300);
        Assert.Equal(500UL, timers.NextTime);
        timers.RunDue(1000);
        Assert.Equal(ulong.MaxValue, timers.NextTime);
    }

    [Fact]
    public void A_stop_interrupts_the_ppe_at_the_plug_its_outlet_is_connected_to()
    {
        using Ps3Machine machine = Penguin.Build(out _);
        const ulong Block = 0x7f0_0000;
        Call(machine, Lv1Call.ConfigureIrqStateBitmap, 1, 0, Block);
        LogicalSpe spe = Start(machine, "stop 0x123", out ulong id);
        ulong outlet = Call(machine, Lv1Call.GetSpeIrqOutlet, id, 2)[0];
        Call(machine, Lv1Call.ConnectIrqPlugExt, 1, 0, outlet, outlet, 0);
        Assert.True(machine.Memory.TryWriteUInt64(new LparAddress(Block + 32), 1UL << (63 - (int)outlet)));
        Call(machine, Lv1Call.DidUpdateInterruptMask, 1, 0);
        const ulong SpuStop = 2;
        Call(machine, Lv1Call.SetSpeInterruptMask, id, 2, SpuStop);
        Assert.False(IsShown());

        machine.Spes!.Resume();
        Assert.True(machine.Spes.RunTurn(1));

        Assert.True(IsShown());
        Assert.Equal(0x0123_0002UL, spe.ProblemState.Read(Status, 4));
        Assert.Equal(SpuStop, Call(machine, Lv1Call.GetSpeInterruptStatus, id, 2)[0] & 0xe);
        Call(machine, Lv1Call.ClearSpeInterruptStatus, id, 2, SpuStop, 0);
        Call(machine, Lv1Call.EndOfInterruptExt, 1, 0, outlet);
        Assert.False(IsShown());

        bool IsShown() =>
            machine.Memory.TryReadUInt64(new LparAddress(Block), out ulong status) && (status & (1UL << (63 - (int)outlet))) != 0;
    }

    [Fact]
    public void An_spe_can_be_destructed_and_constructed_under_the_same_number()
    {
        using Ps3Machine machine = Penguin.Build(out _);
        machine.Spes!.Resume();
        for (int round = 0; round < 5; round++)
        {
            LogicalSpe spe = Start(machine, Counter, out ulong id);
            Assert.Equal(0, spe.Number);
            Assert.True(machine.Spes.RunTurn(10));
            Assert.True(spe.Registers.Instructions > 0);
            Call(machine, Lv1Call.DisableLogicalSpe, id, 0);
            Assert.False(machine.Spes.RunTurn(10));
            Call(machine, Lv1Call.DestructLogicalSpe, id);
            Assert.Empty(machine.Spes.Taken);
        }
    }

    private static void OnAnotherThread(Action action)
    {
        var thread = new Thread(() => action());
        thread.Start();
        thread.Join();
    }

    private sealed class RecordingLine : IInterruptLine
    {
        public List<bool> Levels { get; } = [];

        public int Edges { get; private set; }

        public void Raise() => Edges++;

        public void SetLevel(bool asserted)
        {
            if (Levels.Count == 0 || Levels[^1] != asserted)
                Levels.Add(asserted);
        }
    }

    private sealed unsafe class FailingEngines : ISpuEngineFactory
    {
        public ISpuEngine Create(byte* localStore, ISpuChannels channels) => new FailingEngine();
    }

    private sealed class FailingEngine : ISpuEngine
    {
        private SpuState _state;

        public ref SpuState State => ref _state;

        public IStops Stops => throw new NotSupportedException("no engine");

        public SpuExit Run(long budget) => throw new NotSupportedException("no engine");

        public void Invalidate(uint address, uint length)
        {
        }

        public void CodeMayHaveChanged()
        {
        }
    }
}
