namespace Ps3Platform.Devices.Usb.Ohci;

/// <summary>Offsets and bits of the operational registers (OHCI 1.0a, chapter 7).</summary>
internal static class OhciRegister
{
    public const int Revision = 0x00;
    public const int Control = 0x04;
    public const int CommandStatus = 0x08;
    public const int InterruptStatus = 0x0c;
    public const int InterruptEnable = 0x10;
    public const int InterruptDisable = 0x14;
    public const int Hcca = 0x18;
    public const int PeriodCurrent = 0x1c;
    public const int ControlHead = 0x20;
    public const int ControlCurrent = 0x24;
    public const int BulkHead = 0x28;
    public const int BulkCurrent = 0x2c;
    public const int DoneHead = 0x30;
    public const int FrameInterval = 0x34;
    public const int FrameRemaining = 0x38;
    public const int FrameNumber = 0x3c;
    public const int PeriodicStart = 0x40;
    public const int LowSpeedThreshold = 0x44;
    public const int HubA = 0x48;
    public const int HubB = 0x4c;
    public const int HubStatus = 0x50;
    public const int FirstPort = 0x54;
}

/// <summary>Bits of HcControl (OHCI 1.0a, 7.1.2).</summary>
[Flags]
internal enum OhciControl : uint
{
    PeriodicList = 1 << 2,
    Isochronous = 1 << 3,
    ControlList = 1 << 4,
    BulkList = 1 << 5,
    Reset = 0 << 6,
    Resume = 1 << 6,
    Operational = 2 << 6,
    Suspend = 3 << 6,
    WakeupConnected = 1 << 9,
    Writable = 0x7ff & ~(1 << 8),
}

/// <summary>Causes of interrupts (OHCI 1.0a, 7.1.4).</summary>
[Flags]
internal enum OhciCause : uint
{
    None = 0,
    SchedulingOverrun = 1,
    DoneHead = 1 << 1,
    StartOfFrame = 1 << 2,
    Resume = 1 << 3,
    Error = 1 << 4,
    FrameNumberOverflow = 1 << 5,
    RootHub = 1 << 6,
    All = 0x7f,
    Ownership = 1u << 30,
    Master = 1u << 31,
}

/// <summary>How a transfer ended (OHCI 1.0a, 4.3.3).</summary>
internal enum OhciCondition : uint
{
    NoError = 0,
    Stall = 4,
    NotResponding = 5,
    UnexpectedPid = 7,
    DataOverrun = 8,
    DataUnderrun = 9,
    NotAccessed = 15,
}
