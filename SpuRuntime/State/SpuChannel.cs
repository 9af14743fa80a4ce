namespace SpuRuntime.State;

/// <summary>Channel numbers (CBEA, SPU channel map; Language Extensions tables 4-90 and 4-91).</summary>
internal static class SpuChannel
{
    public const int Channels = 32;

    public const int ReadEventStatus = 0;
    public const int WriteEventMask = 1;
    public const int WriteEventAck = 2;
    public const int ReadSignal1 = 3;
    public const int ReadSignal2 = 4;
    public const int WriteDecrementer = 7;
    public const int ReadDecrementer = 8;
    public const int WriteMultisourceSync = 9;
    public const int ReadEventMask = 11;
    public const int ReadTagMask = 12;
    public const int ReadMachineStatus = 13;
    public const int WriteSrr0 = 14;
    public const int ReadSrr0 = 15;
    public const int MfcLocalStoreAddress = 16;
    public const int MfcAddressHigh = 17;
    public const int MfcAddressLow = 18;
    public const int MfcSize = 19;
    public const int MfcTag = 20;
    public const int MfcCommand = 21;
    public const int WriteTagMask = 22;
    public const int WriteTagUpdate = 23;
    public const int ReadTagStatus = 24;
    public const int ReadListStall = 25;
    public const int WriteListStallAck = 26;
    public const int ReadAtomicStatus = 27;
    public const int WriteOutMailbox = 28;
    public const int ReadInMailbox = 29;
    public const int WriteOutInterruptMailbox = 30;
}

/// <summary>Bits of the event status, mask and acknowledgement channels (Language Extensions table 4-117).</summary>
internal static class SpuEvent
{
    /// <summary>Ms: a multisource synchronization is done.</summary>
    public const uint MultisourceSync = 0x1000;

    /// <summary>A: privileged software asks for attention.</summary>
    public const uint Attention = 0x0800;

    /// <summary>Lr: the lock-line reservation is lost.</summary>
    public const uint ReservationLost = 0x0400;

    /// <summary>S1: signal notification 1 has something.</summary>
    public const uint Signal1 = 0x0200;

    /// <summary>S2: signal notification 2 has something.</summary>
    public const uint Signal2 = 0x0100;

    /// <summary>Le: the outbound mailbox can be written.</summary>
    public const uint OutMailbox = 0x0080;

    /// <summary>Me: the outbound interrupt mailbox can be written.</summary>
    public const uint OutInterruptMailbox = 0x0040;

    /// <summary>Tm: the decrementer's leftmost bit went from 0 to 1.</summary>
    public const uint Decrementer = 0x0020;

    /// <summary>Mb: the inbound mailbox has something.</summary>
    public const uint InMailbox = 0x0010;

    /// <summary>Qv: the command queue has room again.</summary>
    public const uint QueueAvailable = 0x0008;

    /// <summary>Sn: a list command stalls and notifies.</summary>
    public const uint ListStall = 0x0002;

    /// <summary>Tg: the tag status that was asked for is there.</summary>
    public const uint TagStatus = 0x0001;

    public const uint All = 0x1ffb;
}
