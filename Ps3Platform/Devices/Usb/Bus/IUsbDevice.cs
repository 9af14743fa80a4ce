namespace Ps3Platform.Devices.Usb.Bus;

/// <summary>How fast a device signals (USB 2.0, 4.2.1).</summary>
public enum UsbSpeed
{
    /// <summary>1.5 Mbit/s.</summary>
    Low,

    /// <summary>12 Mbit/s.</summary>
    Full,

    /// <summary>480 Mbit/s.</summary>
    High,
}

/// <summary>How a device answers a token (USB 2.0, 8.4.5).</summary>
public enum UsbHandshake
{
    /// <summary>Data was taken or sent.</summary>
    Ack,

    /// <summary>Not now: the host tries again.</summary>
    Nak,

    /// <summary>The endpoint is halted, or the request is not supported.</summary>
    Stall,

    /// <summary>Nobody answers: there is no such endpoint.</summary>
    NoAnswer,
}

/// <summary>A device's answer to one transaction.</summary>
/// <param name="Handshake">What it says.</param>
/// <param name="Length">Bytes of the data packet that it sent; 0 unless it acknowledged an IN token.</param>
public readonly record struct UsbReply(UsbHandshake Handshake, int Length = 0)
{
    /// <summary>Data was taken.</summary>
    public static UsbReply Ack => new(UsbHandshake.Ack);

    /// <summary>Not now.</summary>
    public static UsbReply Nak => new(UsbHandshake.Nak);

    /// <summary>Halted, or not supported.</summary>
    public static UsbReply Stall => new(UsbHandshake.Stall);

    /// <summary>No such endpoint.</summary>
    public static UsbReply NoAnswer => new(UsbHandshake.NoAnswer);

    /// <summary>A data packet was sent.</summary>
    public static UsbReply Data(int length) => new(UsbHandshake.Ack, length);
}

/// <summary>
/// A device on the bus, as a host controller sees it: one call is one transaction of at most <see cref="LargestPacket"/> bytes. Data
/// toggles are the controllers' matter, because no packet is lost here. All members are called on the machine's thread.
/// </summary>
public interface IUsbDevice
{
    /// <summary>Bytes of the largest packet of any endpoint (USB 2.0, 5.8.3 and 5.6.3).</summary>
    const int LargestPacket = 1024;

    /// <summary>What it is, for people: "Keyboard".</summary>
    string Product { get; }

    /// <summary>The fastest speed that it can use.</summary>
    UsbSpeed Speed { get; }

    /// <summary>The address that the host gave it: 0 to 127.</summary>
    int Address { get; }

    /// <summary>The host wants it to wake a suspended bus when it has something to say (USB 2.0, 9.4.5).</summary>
    bool IsWakeupEnabled { get; }

    /// <summary>It was plugged in.</summary>
    /// <param name="ready">To be called when an endpoint that refused a token may not refuse the next.</param>
    void Attach(Action ready);

    /// <summary>It was pulled out. Without effect on a device that is not plugged in.</summary>
    void Detach();

    /// <summary>The bus was reset: it has address 0 and no configuration.</summary>
    /// <param name="speed">The speed from now on.</param>
    void ResetBus(UsbSpeed speed);

    /// <summary>A SETUP token with its eight bytes, to endpoint 0. Never refused by a device that exists (USB 2.0, 8.5.3).</summary>
    UsbReply Setup(ReadOnlySpan<byte> packet);

    /// <summary>An IN token.</summary>
    /// <param name="endpoint">0 to 15.</param>
    /// <param name="packet">Room for <see cref="LargestPacket"/> bytes.</param>
    UsbReply In(int endpoint, Span<byte> packet);

    /// <summary>An OUT token with its data packet.</summary>
    /// <param name="endpoint">0 to 15.</param>
    /// <param name="packet">At most <see cref="LargestPacket"/> bytes.</param>
    UsbReply Out(int endpoint, ReadOnlySpan<byte> packet);
}
