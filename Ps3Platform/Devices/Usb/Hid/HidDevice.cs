using Ps3Platform.Devices.Usb.Bus;

namespace Ps3Platform.Devices.Usb.Hid;

/// <summary>
/// What devices for people have in common (HID 1.11): the report descriptor, the requests of the class, and a queue of reports on one
/// interrupt endpoint.
/// </summary>
internal abstract class HidDevice(UsbDescriptors descriptors, byte[] reportDescriptor) : UsbFunction(descriptors)
{
    /// <summary>Reports that wait for the guest at most.</summary>
    public const int MostWaiting = 64;

    private const byte ClassDescriptorType = 0x21;
    private const byte ReportDescriptorType = 0x22;
    private const byte GetReport = 1;
    private const byte GetIdle = 2;
    private const byte GetProtocol = 3;
    private const byte SetReport = 9;
    private const byte SetIdle = 10;
    private const byte SetProtocol = 11;
    private const int InputReport = 1;
    private const int OutputReport = 2;

    private readonly List<byte[]> _reports = [];
    private byte _protocol = 1;

    /// <summary>The host wants the simple reports that the specification lays down for starting software (HID 1.11, appendix B).</summary>
    protected bool IsBootProtocol => _protocol == 0;

    /// <summary>Reports wait.</summary>
    protected bool IsWaiting => _reports.Count > 0;

    /// <summary>The interface of a device for people.</summary>
    /// <param name="bootProtocol">1 keyboard, 2 mouse, 0 neither.</param>
    /// <param name="reportDescriptor">What its reports hold.</param>
    /// <param name="reportSize">Bytes of the largest report.</param>
    /// <param name="interval">Frames between two polls.</param>
    protected static UsbInterface Interface(byte bootProtocol, byte[] reportDescriptor, ushort reportSize, byte interval) => new(
        3, (byte)(bootProtocol == 0 ? 0 : 1), bootProtocol, Descriptor(reportDescriptor),
        [new UsbEndpoint(0x81, UsbTransferType.Interrupt, reportSize, interval)]);

    /// <summary>What is held now, as a report.</summary>
    protected abstract byte[] Report();

    /// <summary>The host has sent a report.</summary>
    /// <returns>False: it takes none.</returns>
    protected virtual bool Take(ReadOnlySpan<byte> report) => false;

    /// <summary>Puts what is held now into the queue. When that is full, the newest state takes the place of the one before.</summary>
    /// <param name="merge">A report that waits alone may be replaced, because it says nothing that this one does not say.</param>
    protected void Send(bool merge = false)
    {
        if (!IsConfigured)
            return;
        if (_reports.Count == MostWaiting || (merge && _reports.Count > 0))
            _reports.RemoveAt(_reports.Count - 1);
        _reports.Add(Report());
        NotifyReady();
    }

    /// <inheritdoc/>
    protected override UsbReply EndpointIn(int endpoint, Span<byte> packet)
    {
        if (_reports.Count == 0)
            return UsbReply.Nak;
        byte[] report = _reports[0];
        _reports.RemoveAt(0);
        report.CopyTo(packet);
        OnSent();
        return UsbReply.Data(report.Length);
    }

    /// <summary>A report has gone to the host.</summary>
    protected virtual void OnSent()
    {
    }

    /// <inheritdoc/>
    protected override void OnReset()
    {
        _reports.Clear();
        _protocol = 1;
    }

    /// <inheritdoc/>
    protected override void OnConfigured() => _reports.Clear();

    /// <inheritdoc/>
    protected override byte[]? FindClassDescriptor(byte type) => type switch
    {
        ClassDescriptorType => Descriptor(reportDescriptor),
        ReportDescriptorType => reportDescriptor,
        _ => null,
    };

    /// <inheritdoc/>
    protected override byte[]? AnswerRequest(in UsbSetup setup) => setup.Kind != UsbRequest.ClassToInterface ? null : setup.Request switch
    {
        GetReport when setup.Value >> 8 == InputReport => Report(),
        GetIdle => [0],
        GetProtocol => [_protocol],
        _ => null,
    };

    /// <inheritdoc/>
    protected override bool ObeyRequest(in UsbSetup setup, ReadOnlySpan<byte> data)
    {
        if (setup.Kind != UsbRequest.ClassToInterface)
            return false;
        switch (setup.Request)
        {
            case SetReport when setup.Value >> 8 == OutputReport:
                return Take(data);
            case SetIdle:
                // Reports that repeat themselves are not made: the specification lets a device refuse (HID 1.11, 7.2.4).
                return setup.Value >> 8 == 0;
            case SetProtocol when setup.Value <= 1:
                _protocol = (byte)setup.Value;
                return true;
            default:
                return false;
        }
    }

    private static byte[] Descriptor(byte[] reportDescriptor) =>
    [
        9, ClassDescriptorType, 0x11, 0x01, 0, 1, ReportDescriptorType, (byte)reportDescriptor.Length, (byte)(reportDescriptor.Length >> 8),
    ];
}
