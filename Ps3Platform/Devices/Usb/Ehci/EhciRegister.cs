namespace Ps3Platform.Devices.Usb.Ehci;

/// <summary>Offsets of the registers, from the start of the block (EHCI 1.0, chapter 2).</summary>
internal static class EhciRegister
{
    public const int Capability = 0x00;
    public const int StructuralParameters = 0x04;
    public const int CapabilityParameters = 0x08;

    /// <summary>Length of the capability registers: where the operational ones begin.</summary>
    public const int Operational = 0x10;

    public const int Command = Operational + 0x00;
    public const int Status = Operational + 0x04;
    public const int InterruptEnable = Operational + 0x08;
    public const int FrameIndex = Operational + 0x0c;
    public const int Segment = Operational + 0x10;
    public const int PeriodicBase = Operational + 0x14;
    public const int AsyncAddress = Operational + 0x18;
    public const int ConfigFlag = Operational + 0x40;
    public const int FirstPort = Operational + 0x44;

    /// <summary>Registers of the maker, which Linux sets for longer bursts (devices.md 10): they are kept and mean nothing here.</summary>
    public const int FirstOwn = Operational + 0x80;
    public const int LastOwn = Operational + 0x8c;
}

/// <summary>Bits of USBCMD (EHCI 1.0, 2.3.1).</summary>
[Flags]
internal enum EhciCommand : uint
{
    None = 0,
    Run = 1,
    HostReset = 1 << 1,
    FrameListSize = 3 << 2,
    Periodic = 1 << 4,
    Async = 1 << 5,
    Doorbell = 1 << 6,
    LightReset = 1 << 7,
    ThresholdMask = 0xff << 16,
    DefaultThreshold = 8 << 16,
    Kept = Run | FrameListSize | Periodic | Async | Doorbell | ThresholdMask,
}

/// <summary>Bits of USBSTS (EHCI 1.0, 2.3.2). The low six are causes of interrupts.</summary>
[Flags]
internal enum EhciStatus : uint
{
    None = 0,
    Interrupt = 1,
    Error = 1 << 1,
    PortChange = 1 << 2,
    Rollover = 1 << 3,
    SystemError = 1 << 4,
    AsyncAdvance = 1 << 5,
    Causes = 0x3f,
    Halted = 1 << 12,
    Periodic = 1 << 14,
    Async = 1 << 15,
}
