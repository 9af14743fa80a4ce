using CellPpe.Core;
using CellPpe.Core.Ports;
using Ps3Platform.Devices.Video;

namespace Ps3Platform.Devices.Gpu;

/// <summary>
/// The two display heads: the surface that each scans out, and their common vertical blank, 59.94 times per second of guest time.
/// </summary>
internal sealed class DisplayHeads(EventQueue events, IMachineClock clock)
{
    /// <summary>Time base ticks from one vertical blank to the next. At 60000/1001 Hz this is a whole number.</summary>
    public const ulong Period = IMachineClock.Frequency * 1001 / 60000;

    private const ulong SyncToHorizontal = 1;
    private const ulong SyncToVertical = 2;

    private readonly Head[] _heads = [new(), new()];
    private readonly List<GpuContext> _listeners = [];
    private ulong _nextBlank;
    private ulong _blanks;

    /// <summary>Counts the starts of the vertical blank, so that an event scheduled by an earlier start is ignored.</summary>
    private int _run;

    /// <summary>Vertical blanks since the GPU was first used.</summary>
    public ulong Blanks => _blanks;

    /// <summary>Adds a context, which is notified of vertical blanks. The first context starts them.</summary>
    public void Add(GpuContext context)
    {
        _listeners.Add(context);
        if (_listeners.Count > 1)
            return;
        _nextBlank = clock.TimeBase + Period;
        Schedule(++_run);
    }

    /// <summary>Removes a context. Heads that showed its memory show nothing.</summary>
    public void Remove(GpuContext context)
    {
        _listeners.Remove(context);
        if (_listeners.Count == 0)
            _run++;
        foreach (Head head in _heads)
        {
            if (head.Shown?.Context == context)
                head.Shown = null;
            if (head.Pending?.Context == context)
                head.Pending = null;
        }
    }

    /// <summary>Chooses whether flips wait for the vertical blank (2) or only for the next line (1).</summary>
    public Lv1Status SetSync(ulong head, ulong mode)
    {
        if (head >= DisplayState.HeadCount || mode is not (SyncToHorizontal or SyncToVertical))
            return Lv1Status.IllegalParameterValue;
        _heads[head].WaitsForBlank = mode == SyncToVertical;
        return Lv1Status.Success;
    }

    /// <summary>Makes a head show the picture at an offset in the context's memory.</summary>
    public Lv1Status Flip(GpuContext context, ulong head, ulong offset)
    {
        if (head >= DisplayState.HeadCount || offset >= context.Allocation.Region.Size)
            return Lv1Status.IllegalParameterValue;
        var surface = new Surface(context, offset);
        if (_heads[head].WaitsForBlank)
        {
            _heads[head].Pending = surface;
            return Lv1Status.Success;
        }

        _heads[head].Shown = surface;
        _heads[head].Pending = null;
        context.Report(head == 0 ? GpuCauses.FlipA : GpuCauses.FlipB);
        return Lv1Status.Success;
    }

    /// <summary>Restores the state after power-on, when no context is left.</summary>
    public void Reset()
    {
        _blanks = 0;
        foreach (Head head in _heads)
            head.WaitsForBlank = true;
    }

    public GpuHeadState Inspect(int head) => new(
        _heads[head].WaitsForBlank, _heads[head].Shown?.Context.Handle, _heads[head].Shown?.Offset, _heads[head].Pending?.Offset);

    /// <summary>The surface that a head shows now.</summary>
    public Surface? Shown(int head) => _heads[head].Shown;

    private void Schedule(int run) => events.Schedule(_nextBlank, () =>
    {
        if (run == _run)
            Blank(run);
    });

    private void Blank(int run)
    {
        // If the machine was delayed for longer than a frame, all blanks are counted, but only one interrupt is raised.
        ulong now = Math.Max(clock.TimeBase, _nextBlank);
        ulong passed = 1 + ((now - _nextBlank) / Period);
        _blanks += passed;
        ulong blankTime = _nextBlank + ((passed - 1) * Period);
        _nextBlank = blankTime + Period;

        GpuContext? flippedA = TakePending(_heads[0]);
        GpuContext? flippedB = TakePending(_heads[1]);
        foreach (GpuContext context in _listeners)
        {
            for (int head = 0; head < DisplayState.HeadCount; head++)
            {
                uint offset = _heads[head].Shown is { } shown && shown.Context == context ? (uint)shown.Offset : 0;
                context.Information.WriteVblank(head, blankTime, _blanks, offset);
            }

            GpuCauses causes = GpuCauses.VsyncA | GpuCauses.VsyncB;
            if (flippedA == context)
                causes |= GpuCauses.FlipA;
            if (flippedB == context)
                causes |= GpuCauses.FlipB;
            context.Report(causes);
        }

        Schedule(run);
    }

    private static GpuContext? TakePending(Head head)
    {
        if (head.Pending is not { } pending)
            return null;
        head.Shown = pending;
        head.Pending = null;
        return pending.Context;
    }

    /// <summary>The offset in a context's memory at which a picture starts.</summary>
    public readonly record struct Surface(GpuContext Context, ulong Offset);

    private sealed class Head
    {
        public bool WaitsForBlank { get; set; } = true;

        public Surface? Shown { get; set; }

        public Surface? Pending { get; set; }
    }
}
