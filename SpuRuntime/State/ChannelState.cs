namespace SpuRuntime.State;

/// <summary>What an SPE's channels remember: plain data without padding. Guarded by the SPE's lock.</summary>
internal struct ChannelState
{
    public uint EventPending;
    public uint EventMask;
    public uint EventCount;

    public SignalState Signal1;
    public SignalState Signal2;

    public uint TagMask;
    public uint TagUpdateCount;
    public uint TagQuery;
    public uint TagStatus;
    public uint TagStatusCount;

    public uint StallStatus;
    public uint StallCount;
    public uint AtomicStatus;
    public uint AtomicCount;
    public uint SyncCount;

    // Count of the two outbound mailboxes: 1 while the SPU may write.
    public uint OutMailbox;
    public uint OutMailboxCount;
    public uint OutInterruptMailbox;
    public uint OutInterruptMailboxCount;

    public InboundMailbox Inbound;

    // Parameters of the next MFC command, as the SPU has written them.
    public uint LocalAddress;
    public uint AddressHigh;
    public uint AddressLow;
    public uint Size;
    public uint Tag;
    public uint Reserved;

    public DecrementerState Decrementer;

    /// <summary>The counts a privileged program sets before it starts a context (CBE Public Registers 3.3.2.3).</summary>
    public static ChannelState Reset => new()
    {
        TagUpdateCount = 1,
        SyncCount = 1,
        OutMailboxCount = 1,
        OutInterruptMailboxCount = 1,
    };
}

/// <summary>A tag query that waits (MFC_CSR_TSQ, CBE Public Registers 3.3.3.1): its valid bit and its condition.</summary>
internal static class TagQuery
{
    public const uint None = 0;
    public const uint Any = 1;
    public const uint All = 2;

    /// <summary>Whether the condition a query asks for holds, if these groups are complete. 3 is none, and waits for nothing.</summary>
    public static bool IsMet(uint condition, uint mask, uint complete) => condition switch
    {
        // Of an empty mask no group is ever complete: consoles wait until there is one in it.
        Any => (complete & mask) != 0,
        All => (complete & mask) == mask,
        _ => true,
    };
}

/// <summary>One signal notification register.</summary>
internal struct SignalState
{
    public uint Value;
    public uint Count;

    /// <summary>A store to the register: ORs or overwrites, as SPU_Cfg says.</summary>
    /// <returns>True when the channel had nothing before.</returns>
    public bool Store(uint value, bool or)
    {
        bool first = Count == 0;
        Value = or ? Value | value : value;
        Count = 1;
        return first;
    }

    public uint Take()
    {
        uint value = Value;
        Value = 0;
        Count = 0;
        return value;
    }
}

/// <summary>The inbound mailbox: four entries.</summary>
internal struct InboundMailbox
{
    public const uint Capacity = 4;

    private MailboxEntries _entries;
    private uint _head;

    public uint Count;

    /// <summary>A store from outside. When the mailbox is full it replaces the newest entry (CBEA, SPU_In_Mbox).</summary>
    public void Put(uint value)
    {
        if (Count < Capacity)
            Count++;
        _entries[(int)((_head + Count - 1) % Capacity)] = value;
    }

    public uint Take()
    {
        uint value = _entries[(int)_head];
        _head = (_head + 1) % Capacity;
        Count--;
        return value;
    }

    /// <summary>
    /// Access through the channel window: each moves to the next entry and leaves the count alone, so that four of them
    /// see all entries, oldest first, and end where they began.
    /// </summary>
    public uint Rotate(uint? value = null)
    {
        ref uint entry = ref _entries[(int)_head];
        _head = (_head + 1) % Capacity;
        if (value is { } stored)
            entry = stored;
        return entry;
    }

    [System.Runtime.CompilerServices.InlineArray((int)Capacity)]
    private struct MailboxEntries
    {
        private uint _element0;
    }
}

/// <summary>
/// The decrementer: a number that falls by one each tick of the time base. Kept as value and time, and computed when asked.
/// </summary>
internal struct DecrementerState
{
    // While it runs: the time base at which it was Value. While it stands: meaningless.
    public ulong Since;
    public uint Value;
    public uint Running;

    public readonly uint Read(ulong timeBase) => Running != 0 ? (uint)(Value - (timeBase - Since)) : Value;

    public void Start(uint value, ulong timeBase, bool run)
    {
        Value = value;
        Since = timeBase;
        Running = run ? 1u : 0;
    }

    public void Stop(ulong timeBase)
    {
        Value = Read(timeBase);
        Running = 0;
    }

    /// <summary>True when it went from 0 to all ones since it was last asked or started.</summary>
    public bool TakeWrap(ulong timeBase)
    {
        if (Running == 0 || timeBase < NextWrap)
            return false;
        Value = Read(timeBase);
        Since = timeBase;
        return true;
    }

    /// <summary>The time base of the next event.</summary>
    public readonly ulong NextWrap => Running == 0 ? ulong.MaxValue : Since + Value + 1;
}
