using System.Text;

using Ps3Platform.Cli.Dialogues;
using Ps3Platform.Cli.Shell;

using Xunit;

namespace Boot.Tests.Terminals;

/// <summary>Files of <c>--expect</c>, and how their steps meet what a guest prints.</summary>
public sealed class DialogueTests
{
    private readonly ManualTime _time = new();
    private readonly StringBuilder _typed = new();

    [Fact]
    public void A_file_has_a_step_a_line()
    {
        IReadOnlyList<DialogueStep> steps = Read(
            "# log in\r\n\nwithin 90s\n  fail on Kernel panic \nwait for login:\nsend root\ntype \"a\\x03\\e\\\"\\\\ \"\nsend\n"
            + "break\nquit");

        Assert.Equal(
            [
                (DialogueVerb.Within, 3, ""), (DialogueVerb.FailOn, 4, "Kernel panic"), (DialogueVerb.WaitFor, 5, "login:"),
                (DialogueVerb.Type, 6, "root\r"), (DialogueVerb.Type, 7, "a\u0003\u001b\"\\ "), (DialogueVerb.Type, 8, "\r"),
                (DialogueVerb.Break, 9, ""), (DialogueVerb.Quit, 10, ""),
            ],
            steps.Select(static step => (step.Verb, step.Line, Encoding.UTF8.GetString(step.Text))));
        Assert.Equal(TimeSpan.FromSeconds(90), steps[0].Limit);
    }

    [Theory]
    [InlineData("", "t.expect: has no step that waits or sends; give wait for TEXT")]
    [InlineData("wait for a\nsned b", "t.expect:2: sned: no such step; did you mean send? Give wait for TEXT")]
    [InlineData("wait login", "t.expect:1: wait: no such step; did you mean wait for? Give")]
    [InlineData("wait for", "t.expect:1: wait for: a text is missing behind it.")]
    [InlineData("wait for \"a", "t.expect:1: wait for: the quotation mark at the end is missing.")]
    [InlineData("wait for \"a\" b", "t.expect:1: wait for: there is something behind the quotation mark: b.")]
    [InlineData("type \"\\q\"", "t.expect:1: type: an unknown escape; there are \\r,")]
    [InlineData("type \"\\x1\"", "t.expect:1: type: an unknown escape; there are \\r,")]
    [InlineData("type \"\\", "t.expect:1: type: an unknown escape; there are \\r,")]
    [InlineData("within soon", "t.expect:1: within soon: not a time; write for instance 30s")]
    [InlineData("break it", "t.expect:1: break takes nothing behind it.")]
    public void What_is_wrong_in_a_file_is_named_with_its_line(string file, string message)
    {
        UsageException error = Assert.Throws<UsageException>(() => Read(file));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_may_arrive_in_pieces_and_counts_once()
    {
        using Dialogue dialogue = Start("wait for login:\nsend root\nwait for login:\nsend again\nwait for é#\nsend ls");

        Feed(dialogue, "earlier lo", "g", "in:");
        Assert.Equal("root\r", Typed());
        // Overlaps nothing that was counted already.
        Feed(dialogue, " log", "in", ": ");
        Assert.Equal("again\r", Typed());
        dialogue.Feed([0xc3]);
        dialogue.Feed([0xa9]);
        Feed(dialogue, "#");
        Assert.Equal("ls\r", Typed());
        Assert.True(dialogue.HasEnded);
    }

    [Fact]
    public void Several_texts_in_one_piece_are_met_one_after_the_other()
    {
        using Dialogue dialogue = Start("wait for a\ntype 1\nwait for aa\ntype 2\nwait for c\ntype 3");

        Feed(dialogue, "aaac");

        Assert.Equal("123", Typed());
    }

    [Fact]
    public void A_text_that_was_printed_before_the_wait_does_not_count()
    {
        using Dialogue dialogue = Start("wait for b\ntype 1\nwait for a\ntype 2");

        Feed(dialogue, "aaaab");
        Assert.Equal("1", Typed());
        Feed(dialogue, "a");
        Assert.Equal("2", Typed());
    }

    [Fact]
    public void A_wait_has_a_limit_and_names_file_line_and_what_came_last()
    {
        using Dialogue dialogue = Start("within 20s\nwait for a\nwait for \"never\\r\"");
        int failures = 0;
        dialogue.Failed += () => failures++;

        _time.Pass(TimeSpan.FromSeconds(19));
        Feed(dialogue, "a\r\nI am slow\r\n");
        _time.Pass(TimeSpan.FromSeconds(19));
        Assert.Null(dialogue.Failure);
        _time.Pass(TimeSpan.FromSeconds(2));

        Assert.Equal(1, failures);
        Assert.Equal("t.expect:3: \"never\\r\" did not come within 20 s; the last line is \"I am slow\"", dialogue.Failure);
        Feed(dialogue, "never\r");
        Assert.False(dialogue.HasEnded);
    }

    [Fact]
    public void Without_a_limit_of_its_own_a_wait_takes_two_minutes()
    {
        using Dialogue dialogue = Start("wait for a");

        _time.Pass(TimeSpan.FromSeconds(119));
        Assert.Null(dialogue.Failure);
        _time.Pass(TimeSpan.FromSeconds(2));

        Assert.Equal("t.expect:1: \"a\" did not come within 120 s; the guest has printed nothing", dialogue.Failure);
    }

    [Fact]
    public void A_feared_text_fails_at_once_even_in_pieces_and_after_the_last_step()
    {
        using Dialogue waiting = Start("fail on Kernel panic\nwait for login:");
        Feed(waiting, "Kernel pan", "ic - not syncing");
        Assert.Equal("t.expect:1: the guest printed \"Kernel panic\" while line 2 waits for \"login:\"", waiting.Failure);

        using Dialogue ended = Start("fail on panic\nwait for a");
        Feed(ended, "a");
        Assert.True(ended.HasEnded);
        Feed(ended, "panic");
        Assert.Equal("t.expect:1: the guest printed \"panic\"", ended.Failure);
    }

    [Fact]
    public void A_feared_text_before_its_step_is_harmless_and_the_first_of_both_counts()
    {
        using Dialogue dialogue = Start("wait for a\nfail on x\nwait for b\nquit");
        int quits = 0;
        dialogue.QuitAsked += () => quits++;

        Feed(dialogue, "xabx");

        Assert.Null(dialogue.Failure);
        Assert.Equal(1, quits);
    }

    [Fact]
    public void A_guest_that_prints_for_ever_fills_no_memory()
    {
        using Dialogue dialogue = Start("wait for never");
        byte[] line = new byte[1 << 20];
        line.AsSpan().Fill((byte)'x');
        dialogue.Feed(line);
        // Of this thread: other tests run beside this one.
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
            dialogue.Feed(line);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.Contains("waits for \"never\"", dialogue.Position, StringComparison.Ordinal);
        Assert.InRange(dialogue.Position.Length, 1, 200);
    }

    private static IReadOnlyList<DialogueStep> Read(string file) => DialogueFile.Read(Encoding.UTF8.GetBytes(file), "t.expect");

    private static void Feed(Dialogue dialogue, params string[] pieces)
    {
        foreach (string piece in pieces)
            dialogue.Feed(Encoding.UTF8.GetBytes(piece));
    }

    private Dialogue Start(string file)
    {
        var dialogue = new Dialogue(Read(file), "t.expect", _time);
        dialogue.Typed += keys => _typed.Append(Encoding.UTF8.GetString(keys));
        dialogue.Start();
        return dialogue;
    }

    private string Typed()
    {
        string typed = _typed.ToString();
        _typed.Clear();
        return typed;
    }

    /// <summary>Time that passes when the test says so; one timer.</summary>
    private sealed class ManualTime : TimeProvider
    {
        private readonly List<ManualTimer> _timers = [];

        public void Pass(TimeSpan time) => _timers.ForEach(timer => timer.Pass(time));

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new ManualTimer(() => callback(state));
            timer.Change(dueTime, period);
            _timers.Add(timer);
            return timer;
        }
    }

    private sealed class ManualTimer(Action fire) : ITimer
    {
        private TimeSpan? _left;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _left = dueTime == Timeout.InfiniteTimeSpan ? null : dueTime;
            return true;
        }

        public void Pass(TimeSpan time)
        {
            _left -= time;
            if (_left > TimeSpan.Zero || _left is null)
                return;
            _left = null;
            fire();
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
