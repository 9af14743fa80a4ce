using CellPpe.Core.Ports;

namespace Ps3Platform.Devices.Gelic;

/// <summary>
/// State of the Ethernet link: cable in or out, and what was negotiated. A guest sets the mode by lv1_net_control 3 and reads the state by
/// lv1_net_control 2 (devices.md 3.5). Frames pass at the host's speed, whatever the mode.
/// </summary>
internal sealed class GelicLink(GelicInterrupts interrupts)
{
    private const ulong Up = 0x01;
    private const ulong FullDuplex = 0x02;
    private const ulong Negotiation = 0x04;
    private const ulong Speed10 = 0x10;
    private const ulong Speed100 = 0x20;
    private const ulong Speed1000 = 0x40;
    private const ulong Speeds = Speed10 | Speed100 | Speed1000;

    private ulong _mode = Negotiation;

    /// <summary>The cable is connected.</summary>
    public bool IsUp { get; private set; } = true;

    /// <summary>The value of lv1_net_control 2. Without a link there is no speed and no duplex.</summary>
    public ulong Status => !IsUp ? 0
        : Up | ((_mode & Negotiation) != 0 ? Negotiation | FullDuplex | Speed1000 : _mode & (FullDuplex | Speeds));

    public void Reset()
    {
        IsUp = true;
        _mode = Negotiation;
    }

    public void SetUp(bool isUp)
    {
        if (IsUp == isUp)
            return;
        IsUp = isUp;
        interrupts.Report(GelicCauses.PortStatusChanged);
    }

    /// <summary>Takes negotiation, or one speed with or without full duplex; 1000 Mbit/s has no half duplex.</summary>
    public Lv1Status SetMode(ulong mode)
    {
        bool isForced = (mode & Speeds) is Speed10 or Speed100 or Speed1000 && (mode & ~(Speeds | FullDuplex)) == 0
            && mode != Speed1000;
        bool isNegotiated = (mode & Negotiation) != 0 && (mode & ~(Negotiation | FullDuplex | Speeds)) == 0;
        if (!isForced && !isNegotiated)
            return Lv1Status.IllegalParameterValue;
        ulong before = Status;
        _mode = mode;
        if (Status != before)
            interrupts.Report(GelicCauses.PortStatusChanged);
        return Lv1Status.Success;
    }
}
