using System.Text;

namespace Ps3Platform.Cli.Dialogues;

/// <summary>
/// Carries out a dialogue with the guest: what it prints is given to <see cref="Feed"/>, and what is typed for it comes out of
/// <see cref="Typed"/>. A text counts from the step on that waits for it, and each byte for one wait only. Times are the host's. From any
/// thread; the events are raised on the thread that has fed, or on a timer's, and those that end the run when nothing is locked.
/// </summary>
internal sealed class Dialogue : IDisposable
{
    /// <summary>How long a wait takes at most, unless a step says otherwise: a Linux needs some 15 seconds to its prompt.</summary>
    public static readonly TimeSpan UsualLimit = TimeSpan.FromMinutes(2);

    private const int LongestShown = 100;

    private readonly Lock _gate = new();
    private readonly string _name;
    private readonly IReadOnlyList<DialogueStep> _steps;
    private readonly List<DialogueStep> _feared = [];

    // The newest bytes: as many as the longest text, for a text that arrives in pieces.
    private readonly List<byte> _recent = [];
    private readonly List<byte> _line = [];
    private readonly int _longest;
    private readonly ITimer _timer;
    private string _lastLine = "";
    private long _count;
    private long _waitFrom;
    private TimeSpan _limit = UsualLimit;
    private int _next;
    private bool _hasStarted;
    private bool _isOver;

    // What is to be raised when the lock is free.
    private Action? _due;

    /// <param name="steps">The steps.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <param name="time">The clock of the waits.</param>
    public Dialogue(IReadOnlyList<DialogueStep> steps, string name, TimeProvider time)
    {
        _steps = steps;
        _name = name;
        _longest = steps.Max(static step => step.Text.Length);
        _timer = time.CreateTimer(_ => OnLate(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A text is to be typed.</summary>
    public event Action<byte[]>? Typed;

    /// <summary>A break is to be sent.</summary>
    public event Action? BreakAsked;

    /// <summary>The dialogue asks for the end of the machine.</summary>
    public event Action? QuitAsked;

    /// <summary>The dialogue has failed; <see cref="Failure"/> says how.</summary>
    public event Action? Failed;

    /// <summary>Why it has failed, with file and line; null: it has not.</summary>
    public string? Failure { get; private set; }

    /// <summary>All steps are done.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>The step that is waited at, for messages: <c>login.expect:3: waits for "login:"</c>.</summary>
    public string Position
    {
        get
        {
            lock (_gate)
            {
                return _next >= _steps.Count ? $"{_name}: at its end"
                    : $"{_name}:{_steps[_next].Line}: waits for {Quoted(_steps[_next].Text)}{LastLine()}";
            }
        }
    }

    /// <summary>Begins: the machine runs from now on.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (_hasStarted)
                return;
            _hasStarted = true;
            Advance();
        }

        RaiseDue();
    }

    /// <summary>Takes what the guest has printed.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            for (int i = 0; i < bytes.Length && _hasStarted && !_isOver; i++)
                Take(bytes[i]);
        }

        RaiseDue();
    }

    /// <summary>Ends it; no event is raised any more.</summary>
    public void Dispose()
    {
        lock (_gate)
            _isOver = true;
        _timer.Dispose();
    }

    private static string Quoted(ReadOnlySpan<byte> text)
    {
        var shown = new StringBuilder("\"");
        foreach (char letter in Encoding.UTF8.GetString(text))
        {
            _ = letter switch
            {
                '\r' => shown.Append("\\r"),
                '\n' => shown.Append("\\n"),
                '"' or '\\' => shown.Append('\\').Append(letter),
                _ when char.IsControl(letter) => shown.Append($"\\x{(int)letter:x2}"),
                _ => shown.Append(letter),
            };
        }

        return shown.Append('"').ToString();
    }

    private void Take(byte one)
    {
        _count++;
        _recent.Add(one);
        if (_recent.Count > 2 * _longest)
            _recent.RemoveRange(0, _recent.Count - _longest);
        Remember(one);
        foreach (DialogueStep feared in _feared)
        {
            if (EndsWith(feared.Text))
            {
                Fail($"{_name}:{feared.Line}: the guest printed {Quoted(feared.Text)}{Waiting()}");
                return;
            }
        }

        // What was printed before the wait began does not count.
        if (_next < _steps.Count && _count - _waitFrom >= _steps[_next].Text.Length && EndsWith(_steps[_next].Text))
        {
            _next++;
            Advance();
        }
    }

    private void Remember(byte one)
    {
        if (one is (byte)'\n' or (byte)'\r')
        {
            if (_line.Exists(static letter => letter != ' '))
                _lastLine = Encoding.UTF8.GetString([.. _line]);
            _line.Clear();
        }
        else if (_line.Count < LongestShown)
            _line.Add(one);
    }

    private bool EndsWith(byte[] text) =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_recent).EndsWith(text);

    // Carries out steps up to the next wait.
    private void Advance()
    {
        for (; _next < _steps.Count && !_isOver; _next++)
        {
            DialogueStep step = _steps[_next];
            switch (step.Verb)
            {
                case DialogueVerb.WaitFor:
                    _waitFrom = _count;
                    _timer.Change(_limit, Timeout.InfiniteTimeSpan);
                    return;
                case DialogueVerb.Type:
                    Typed?.Invoke(step.Text);
                    break;
                case DialogueVerb.Break:
                    BreakAsked?.Invoke();
                    break;
                case DialogueVerb.FailOn:
                    _feared.Add(step);
                    break;
                case DialogueVerb.Within:
                    _limit = step.Limit;
                    break;
                default:
                    HasEnded = true;
                    _isOver = true;
                    StopTimer();
                    _due = QuitAsked;
                    return;
            }
        }

        // Texts that mean failure are looked for until the machine ends.
        HasEnded = true;
        StopTimer();
    }

    private void OnLate()
    {
        lock (_gate)
        {
            if (!_isOver && _next < _steps.Count)
            {
                DialogueStep step = _steps[_next];
                Fail($"{_name}:{step.Line}: {Quoted(step.Text)} did not come within {Times(_limit)}{LastLine()}");
            }
        }

        RaiseDue();
    }

    private void Fail(string problem)
    {
        Failure = problem;
        _isOver = true;
        StopTimer();
        _due = Failed;
    }

    private void RaiseDue()
    {
        Action? due;
        lock (_gate)
            (due, _due) = (_due, null);
        due?.Invoke();
    }

    private void StopTimer() => _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    private static string Times(TimeSpan limit) => $"{limit.TotalSeconds:0.###} s";

    private string Waiting() =>
        _next < _steps.Count ? $" while line {_steps[_next].Line} waits for {Quoted(_steps[_next].Text)}" : "";

    private string LastLine()
    {
        string last = _line.Exists(static letter => letter != ' ') ? Encoding.UTF8.GetString([.. _line]) : _lastLine;
        return last.Length == 0 ? "; the guest has printed nothing" : $"; the last line is {Quoted(Encoding.UTF8.GetBytes(last))}";
    }
}
