namespace SpuRuntime.State;

/// <summary>Command opcodes (CBEA, MFC command opcodes; Language Extensions tables 4-107 to 4-115) and what their bits mean.</summary>
internal static class MfcOpcode
{
    public const byte Put = 0x20;
    public const byte PutList = 0x24;
    public const byte PutStart = 0x28;
    public const byte Get = 0x40;
    public const byte GetList = 0x44;
    public const byte GetStart = 0x48;
    public const byte CacheTouch = 0x80;
    public const byte CacheTouchForStore = 0x81;
    public const byte CacheZero = 0x89;
    public const byte CacheStore = 0x8d;
    public const byte CacheFlush = 0x8f;
    public const byte SendSignal = 0xa0;
    public const byte PutLineUnconditional = 0xb0;
    public const byte PutLineConditional = 0xb4;
    public const byte PutLineQueued = 0xb8;
    public const byte Barrier = 0xc0;
    public const byte EnforceInOrder = 0xc8;
    public const byte Sync = 0xcc;
    public const byte GetLineReserved = 0xd0;

    private const byte BarrierBit = 1;
    private const byte FenceBit = 2;
    private const byte ListBit = 4;
    private const byte StartBit = 8;

    /// <summary>
    /// What a command word says besides its opcode in bits 24:31. Bits 16:23 must be zero (CBE Public Registers, MFC_FIR, DMAC_cmd_err:
    /// "Upper 8 bits of opcode are not all zero"); bits 0:15 are class identifiers, which have no effect here.
    /// </summary>
    public static MfcProgress Check(uint commandWord) => (commandWord & 0xff00) == 0 ? MfcProgress.None : MfcProgress.Error;

    /// <summary>What kind of command an opcode is; <see cref="MfcCommandKind.Invalid"/> for one that is none.</summary>
    public static MfcCommandKind KindOf(byte opcode)
    {
        switch (opcode)
        {
            case CacheTouch or CacheTouchForStore or CacheStore or CacheFlush:
                return MfcCommandKind.Hint;
            case CacheZero:
                return MfcCommandKind.Zero;
            case PutLineUnconditional or PutLineConditional or GetLineReserved:
                return MfcCommandKind.Immediate;
            case PutLineQueued:
                return MfcCommandKind.QueuedLine;
            case Barrier or EnforceInOrder or Sync:
                return MfcCommandKind.Order;
            default:
                break;
        }

        // Both ordering bits together are no command.
        if ((opcode & 3) == 3)
            return MfcCommandKind.Invalid;
        return (opcode & 0xfc) switch
        {
            // 3x is a put that says its result will be read soon: a hint.
            0x20 or 0x30 or 0x28 or 0x38 => MfcCommandKind.Put,
            0x24 or 0x34 => MfcCommandKind.PutList,
            0x40 or 0x48 => MfcCommandKind.Get,
            0x44 => MfcCommandKind.GetList,
            0xa0 => MfcCommandKind.SendSignal,
            _ => MfcCommandKind.Invalid,
        };
    }

    /// <summary>True when commands of the queue may have this opcode: lists and lines are the SPU's, starting it is the others'.</summary>
    public static bool IsAllowed(byte opcode, bool proxy)
    {
        MfcCommandKind kind = KindOf(opcode);
        return kind switch
        {
            MfcCommandKind.Invalid => false,
            MfcCommandKind.PutList or MfcCommandKind.GetList or MfcCommandKind.Immediate or MfcCommandKind.QueuedLine => !proxy,
            _ => proxy || !StartsSpu(opcode),
        };
    }

    /// <summary>The command waits for all earlier ones of its tag group.</summary>
    public static bool IsFenced(byte opcode) => TakesModifiers(opcode) && (opcode & (FenceBit | BarrierBit)) != 0;

    /// <summary>It does, and later ones of its tag group wait for it.</summary>
    public static bool HasBarrier(byte opcode) => TakesModifiers(opcode) && (opcode & BarrierBit) != 0;

    /// <summary>The SPU is started when the transfer is done.</summary>
    public static bool StartsSpu(byte opcode) =>
        KindOf(opcode) is MfcCommandKind.Put or MfcCommandKind.Get && (opcode & (StartBit | ListBit)) == StartBit;

    public static bool IsList(byte opcode) => KindOf(opcode) is MfcCommandKind.PutList or MfcCommandKind.GetList;

    private static bool TakesModifiers(byte opcode) => KindOf(opcode)
        is MfcCommandKind.Put or MfcCommandKind.PutList or MfcCommandKind.Get or MfcCommandKind.GetList or MfcCommandKind.SendSignal;
}

/// <summary>Kinds of MFC commands, by what has to be done for them.</summary>
internal enum MfcCommandKind
{
    Invalid,
    Put,
    PutList,
    Get,
    GetList,
    SendSignal,

    /// <summary>Cache commands without an effect that can be seen.</summary>
    Hint,

    /// <summary>sdcrz: the range becomes zero.</summary>
    Zero,

    /// <summary>getllar, putllc, putlluc: not in a tag group, and answered in the atomic status channel.</summary>
    Immediate,

    /// <summary>putqlluc: a putlluc in a tag group.</summary>
    QueuedLine,

    /// <summary>barrier, mfceieio, mfcsync.</summary>
    Order,
}
