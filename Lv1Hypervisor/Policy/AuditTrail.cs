using CellPpe.Core.Ports;

namespace Lv1Hypervisor.Policy;

/// <summary>One hypercall as it happened.</summary>
/// <param name="TimeBase">Time base at its end.</param>
/// <param name="Thread">The calling hardware thread.</param>
/// <param name="Number">r11.</param>
/// <param name="Arguments">r3..r10 on entry.</param>
/// <param name="Status">The status returned in r3.</param>
/// <param name="Denied">True when the policy refused it.</param>
public readonly record struct AuditRecord(
    ulong TimeBase, int Thread, ulong Number, HypercallFrame.Arguments8 Arguments, Lv1Status Status, bool Denied);

/// <summary>The most recent hypercalls, and how often each was made. Its size is bounded, and a call allocates nothing.</summary>
public sealed class AuditTrail
{
    private const int Numbers = 256;

    private readonly AuditRecord[] _ring;

    // The last element counts all numbers beyond the table.
    private readonly long[] _calls = new long[Numbers + 1];
    private readonly long[] _denied = new long[Numbers + 1];
    private readonly long[] _failed = new long[Numbers + 1];

    /// <summary>Keeps the last <paramref name="capacity"/> calls.</summary>
    public AuditTrail(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        _ring = new AuditRecord[capacity];
    }

    /// <summary>Calls since the machine was made.</summary>
    public long Total { get; private set; }

    /// <summary>How often a number was called; numbers beyond 255 are counted together.</summary>
    public long Calls(ulong number) => _calls[Math.Min(number, Numbers)];

    /// <summary>How often the policy refused a number.</summary>
    public long Denied(ulong number) => _denied[Math.Min(number, Numbers)];

    /// <summary>How often a number returned anything but success.</summary>
    public long Failed(ulong number) => _failed[Math.Min(number, Numbers)];

    /// <summary>The recorded calls, oldest first.</summary>
    public IEnumerable<AuditRecord> Recent()
    {
        for (long index = Math.Max(0, Total - _ring.Length); index < Total; index++)
            yield return _ring[index % _ring.Length];
    }

    internal void Add(in AuditRecord record)
    {
        ulong number = Math.Min(record.Number, Numbers);
        _calls[number]++;
        if (record.Denied)
            _denied[number]++;
        if (record.Status != Lv1Status.Success)
            _failed[number]++;
        _ring[Total++ % _ring.Length] = record;
    }
}
