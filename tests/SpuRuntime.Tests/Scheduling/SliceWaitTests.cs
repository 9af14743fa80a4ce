using SpuRuntime.Engine;
using SpuRuntime.Scheduling;
using SpuRuntime.State;

using Xunit;

namespace SpuRuntime.Tests.Scheduling;

/// <summary>An SPE that blocks may wait in its slice for a short time. It continues there or leaves, and no wake-up is lost.</summary>
public sealed class SliceWaitTests : IDisposable
{
    private const int InMailbox = 29;
    // CBE Public Registers 3.4 and 3.5.
    private const ulong Mailbox = 0x400c;
    private const ulong RunControl = 0x401c;
    private const ulong Status = 0x4024;
    private const uint Message = 0x1234;
    private const long Budget = 1000;

    private readonly TestMachine _machine = new();
    private uint _taken;

    public SliceWaitTests()
    {
        _machine.Spe.Engine.Program = TakeOne;
        _machine.Spe.Problem(RunControl, 1);
        _machine.Woken.Clear();
    }

    public static TheoryData<string> Threaded => Schedulers.Threaded;

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void What_comes_meanwhile_is_taken_in_the_same_slice()
    {
        _machine.OnWaitInside = wait =>
        {
            Assert.False(wait.IsOver);
            _machine.Spe.Problem(Mailbox, Message);
            Assert.True(wait.IsOver);
        };
        SpuExit exit = _machine.Spe.Spe.RunSlice(Budget);
        Assert.Equal((SpuExitReason.Stopped, Message), (exit.Reason, _taken));
        Assert.Empty(_machine.Woken);
    }

    [Fact]
    public void What_comes_later_wakes_it()
    {
        SpuExit exit = _machine.Spe.Spe.RunSlice(Budget);
        Assert.Equal((SpuExitReason.Blocked, (uint)InMailbox), (exit.Reason, exit.Argument));
        _machine.Spe.Problem(Mailbox, Message);
        Assert.Equal([_machine.Spe.Spe], _machine.Woken);
        Assert.Equal(SpuExitReason.Stopped, _machine.Spe.Spe.RunSlice(Budget).Reason);
        Assert.Equal(Message, _taken);
    }

    [Fact]
    public void What_comes_as_it_gives_up_is_taken()
    {
        // The scheduler has made its last check; the slice has not.
        _machine.OnWaitInside = _ => _machine.Spe.Problem(Mailbox, Message);
        Assert.Equal(SpuExitReason.Stopped, _machine.Spe.Spe.RunSlice(Budget).Reason);
        Assert.Equal(Message, _taken);
    }

    [Fact]
    public void Without_budget_it_does_not_wait()
    {
        _machine.OnWaitInside = static _ => Assert.Fail("it has nothing left to go on with");
        Assert.Equal(SpuExitReason.Blocked, _machine.Spe.Spe.RunSlice(1).Reason);
        _machine.Spe.Problem(Mailbox, Message);
        Assert.Equal([_machine.Spe.Spe], _machine.Woken);
    }

    [Fact]
    public void An_interrupt_ends_it()
    {
        _machine.OnWaitInside = wait =>
        {
            _machine.Spe.Spe.Interrupt();
            Assert.True(wait.IsOver);
        };
        Assert.Equal(SpuExitReason.Blocked, _machine.Spe.Spe.RunSlice(Budget).Reason);
        _machine.Spe.Problem(Mailbox, Message);
        Assert.Equal([_machine.Spe.Spe], _machine.Woken);
    }

    [Fact]
    public void One_that_is_stopped_meanwhile_does_not_go_on()
    {
        _machine.OnWaitInside = _ =>
        {
            _machine.Spe.Problem(RunControl, 0);
            _machine.Spe.Problem(Mailbox, Message);
        };
        _machine.Spe.Spe.RunSlice(Budget);
        Assert.Equal(0u, _taken);
        Assert.Equal(0u, _machine.Spe.Problem(Status) & 1);
    }

    [Fact]
    public void One_that_is_stopped_and_started_meanwhile_goes_on()
    {
        _machine.OnWaitInside = wait =>
        {
            _machine.Spe.Problem(RunControl, 0);
            _machine.Spe.Problem(RunControl, 1);
            _machine.Spe.Problem(Mailbox, Message);
            Assert.True(wait.IsOver);
        };
        Assert.Equal(SpuExitReason.Stopped, _machine.Spe.Spe.RunSlice(Budget).Reason);
        Assert.Equal(Message, _taken);
    }

    [Theory, MemberData(nameof(Threaded))]
    public void Letters_between_two_are_all_taken(string policy)
    {
        // Each answers at once, at the moment when the other blocks.
        using SpeScheduler scheduler = Schedulers.Build(policy);
        using var machine = new TestMachine(2) { Scheduler = scheduler };
        uint last = (uint)Schedulers.Operations / 5;
        using var done = new ManualResetEventSlim();
        for (int number = 0; number < 2; number++)
        {
            TestSpe other = machine.Spes[1 - number];
            machine.Spes[number].Engine.Program = (ref state, channels) =>
            {
                if (channels.Read(InMailbox, out uint message) != ChannelResult.Done)
                    return new SpuExit(SpuExitReason.Blocked, InMailbox);
                state.Instructions++;
                if (message == last)
                    done.Set();
                else
                    other.Problem(Mailbox, message + 1);
                return new SpuExit(SpuExitReason.Attention);
            };
        }

        foreach (TestSpe spe in machine.Spes)
            spe.Problem(RunControl, 1);
        machine.Spe.Problem(Mailbox, 1);
        Assert.True(done.Wait(TimeSpan.FromMinutes(1)), "a message was lost");
        Assert.Equal(last, machine.Spes.Sum(spe => (long)spe.Spe.Registers.Instructions));
        foreach (TestSpe spe in machine.Spes)
            spe.Spe.Disable();
    }

    private SpuExit TakeOne(ref SpuState state, ISpuChannels channels)
    {
        if (channels.Read(InMailbox, out _taken) != ChannelResult.Done)
            return new SpuExit(SpuExitReason.Blocked, InMailbox);
        return new SpuExit(SpuExitReason.Stopped);
    }
}
