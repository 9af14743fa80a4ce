using CellPpe.Core;

using SpuRuntime.Engine;

namespace SpuRuntime.Timeline;

/// <summary>
/// What one SPE did. The scheduler writes down running and waiting, from the thread that is inside the SPE; the MFC writes down transfers,
/// with the SPE's lock held. Neither allocates nor locks.
/// </summary>
public sealed class SpeTrack
{
    // A slice that follows another without anything between, 1 us at most, is shown as one.
    private const ulong Seamless = IMachineClock.Frequency / 1_000_000;

    /// <summary>Entries of the MFC's two queues, 16 of the SPU's and 8 of the PPE's.</summary>
    public const int Places = 24;

    private readonly IMachineClock _clock;
    private readonly TimelineRing _states;
    private readonly TimelineRing _transfers;
    private readonly TimelineEvent[] _inFlight = new TimelineEvent[Places];

    // The stretch that has not ended yet.
    private TimelineKind _kind = TimelineKind.Stopped;
    private uint _channel;
    private ulong _since;

    // While the kind is Ready: the running stretch before, which may yet go on.
    private ulong _runningSince;
    private bool _mayGoOn;

    internal SpeTrack(IMachineClock clock, int capacity)
    {
        _clock = clock;
        _states = new TimelineRing(capacity);
        _transfers = new TimelineRing(capacity);
        _since = clock.TimeBase;
    }

    /// <summary>The machine's time.</summary>
    internal ulong Now => _clock.TimeBase;

    /// <summary>Events that are no longer there, since there were too many.</summary>
    public long Lost => _states.Lost + _transfers.Lost;

    /// <summary>A transfer has been put into a queue of the MFC's.</summary>
    /// <param name="place">Which entry: below <see cref="Places"/>, another for each that is in flight.</param>
    /// <param name="tag">Its tag group.</param>
    /// <param name="bytes">Its size, as far as is known.</param>
    /// <param name="toLocalStore">True for get commands, false for put commands.</param>
    public void Issued(int place, int tag, uint bytes, bool toLocalStore) =>
        _inFlight[place] = new TimelineEvent(Now, 0, bytes, toLocalStore ? TimelineKind.Get : TimelineKind.Put, (byte)tag);

    /// <summary>An element of its list says that it is larger than was known.</summary>
    public void Grown(int place, uint bytes)
    {
        TimelineEvent issued = _inFlight[place];
        _inFlight[place] = issued with { Argument = issued.Argument + bytes };
    }

    /// <summary>It is complete. One that was not issued here, but restored by a context switch, leaves no event.</summary>
    public void Completed(int place)
    {
        if (_inFlight[place].IsTransfer)
            _transfers.Add(_inFlight[place] with { End = Now });
        _inFlight[place] = default;
    }

    /// <summary>It was thrown out of its queue.</summary>
    public void Purged(int place) => _inFlight[place] = default;

    /// <summary>A host thread goes in.</summary>
    internal void Enter(ulong readySince)
    {
        ulong now = Now;
        if (_mayGoOn && now - _since <= Seamless)
        {
            _since = _runningSince;
        }
        else
        {
            FlushRunning();
            // It left runnable, so has been ready all the time; or it became so when it was woken.
            ulong ready = _kind == TimelineKind.Ready ? _since : Math.Clamp(readySince, _since, now);
            Add(_kind, _since, ready);
            Add(TimelineKind.Ready, ready, now);
            _since = now;
        }

        _mayGoOn = false;
        _kind = TimelineKind.Running;
    }

    /// <summary>The host thread has come out.</summary>
    internal void Leave(SpuExit exit, bool runnable)
    {
        ulong now = Now;
        _runningSince = _since;
        _mayGoOn = runnable && exit.Reason == SpuExitReason.Budget;
        if (!_mayGoOn)
            _states.Add(new TimelineEvent(_since, now, 0, TimelineKind.Running, 0));
        _kind = runnable ? TimelineKind.Ready : exit.Reason == SpuExitReason.Blocked ? TimelineKind.Blocked : TimelineKind.Stopped;
        _channel = exit.Argument;
        _since = now;
    }

    /// <summary>All that has ended, and what is going on, as if it ended now. Only while no thread writes.</summary>
    internal IEnumerable<TimelineEvent> States()
    {
        foreach (TimelineEvent state in _states.Read())
            yield return state;
        if (_mayGoOn)
            yield return new TimelineEvent(_runningSince, _since, 0, TimelineKind.Running, 0);
        if (_kind != TimelineKind.Stopped && Now > _since)
            yield return new TimelineEvent(_since, Now, _kind == TimelineKind.Blocked ? _channel : 0, _kind, 0);
    }

    /// <summary>As <see cref="States"/>.</summary>
    internal IEnumerable<TimelineEvent> Transfers() =>
        _transfers.Read().Concat(_inFlight.Where(issued => issued.IsTransfer).Select(issued => issued with { End = Now }));

    private void FlushRunning()
    {
        if (_mayGoOn)
            _states.Add(new TimelineEvent(_runningSince, _since, 0, TimelineKind.Running, 0));
    }

    private void Add(TimelineKind kind, ulong begin, ulong end)
    {
        if (kind != TimelineKind.Stopped && end > begin)
            _states.Add(new TimelineEvent(begin, end, kind == TimelineKind.Blocked ? _channel : 0, kind, 0));
    }
}
