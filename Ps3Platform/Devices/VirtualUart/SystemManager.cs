using System.Buffers.Binary;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Contracts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ps3Platform.Devices.VirtualUart;

/// <summary>
/// The system manager on virtual UART port 2: sends the guest events of buttons and temperature, and executes its requests to power off or
/// restart. Owned by the emulation thread.
/// </summary>
public sealed class SystemManager : IDevice, IVirtualUartPeer
{
    private const int Port = 2;

    private const byte ShutDown = 1;
    private const byte TargetSelf = 0;

    private const byte NextOperationVersion = 3;
    private const byte NextSystemShutdown = 1;
    private const byte NextSystemReboot = 2;
    private const byte NextPartitionReboot = 0x82;

    private const uint AttributePower = 1;
    private const uint AttributeReset = 2;
    private const uint AttributeThermal = 4;
    private const byte EventPowerPressed = 3;
    private const byte EventPowerReleased = 4;
    private const byte EventResetPressed = 5;
    private const byte EventResetReleased = 6;
    private const byte EventThermalAlert = 7;
    private const byte EventThermalCleared = 8;
    private const uint ButtonIsHardware = 0;

    private readonly IPartitionControl _partition;
    private readonly ILogger _logger;
    private readonly byte[] _input = new byte[SystemManagerMessage.HeaderSize + SystemManagerMessage.MaxPayload];
    private int _inputLength;
    private readonly IVirtualUartPort _port;
    private bool _stopped;
    private byte _nextOperation = NextSystemShutdown;
    private bool _commandSent;

    /// <summary>Makes the service and connects it to its port.</summary>
    public SystemManager(IDeviceHost host, IPartitionControl partition, ILogger<SystemManager>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        _partition = partition;
        _logger = logger ?? NullLogger<SystemManager>.Instance;
        _port = host.ServeVirtualUart(Port, "sysmgr", this);
    }

    /// <inheritdoc/>
    public string Name => "system-manager";

    /// <summary>The events that the guest has enabled: 1 power button, 2 reset button, 4 temperature, 8 controller.</summary>
    public uint Attributes { get; private set; }

    /// <inheritdoc/>
    public void Reset()
    {
        _inputLength = 0;
        _nextOperation = NextSystemShutdown;
        _commandSent = false;
        Attributes = 0;
    }

    /// <summary>The power button has no effect while the device is stopped.</summary>
    public void Stop() => _stopped = true;

    /// <inheritdoc/>
    public void Continue() => _stopped = false;

    /// <inheritdoc/>
    public DeviceState Inspect() =>
        new SystemManagerState(_stopped, Attributes, _nextOperation, _commandSent, [.. _input.AsSpan(0, _inputLength)]);

    /// <summary>Sends the guest a press of the power button (PS3_SM_EVENT_POWER_PRESSED in drivers/ps3/ps3-sys-manager.c).</summary>
    /// <returns>False when the guest has not enabled the event, has no room for the message, or the device is stopped.</returns>
    public bool PressPowerButton() => SendEvent(AttributePower, EventPowerPressed, ButtonIsHardware);

    /// <summary>Tells the guest that the power button was let go (PS3_SM_EVENT_POWER_RELEASED).</summary>
    /// <param name="milliseconds">How long it was down.</param>
    /// <returns>As for <see cref="PressPowerButton"/>.</returns>
    public bool ReleasePowerButton(uint milliseconds) => SendEvent(AttributePower, EventPowerReleased, milliseconds);

    /// <summary>Sends the guest a press of the reset button (PS3_SM_EVENT_RESET_PRESSED), which a retail console does not have.</summary>
    /// <returns>As for <see cref="PressPowerButton"/>.</returns>
    public bool PressResetButton() => SendEvent(AttributeReset, EventResetPressed, ButtonIsHardware);

    /// <summary>Tells the guest that the reset button was let go (PS3_SM_EVENT_RESET_RELEASED).</summary>
    /// <param name="milliseconds">How long it was down.</param>
    /// <returns>As for <see cref="PressPowerButton"/>.</returns>
    public bool ReleaseResetButton(uint milliseconds) => SendEvent(AttributeReset, EventResetReleased, milliseconds);

    /// <summary>Tells the guest that a part is too hot, or no longer (PS3_SM_EVENT_THERMAL_ALERT, PS3_SM_EVENT_THERMAL_CLEARED).</summary>
    /// <param name="zone">The part's number; what the numbers mean is not known.</param>
    /// <param name="isHot">Too hot.</param>
    /// <returns>As for <see cref="PressPowerButton"/>.</returns>
    public bool ReportTemperature(uint zone, bool isHot) =>
        SendEvent(AttributeThermal, isHot ? EventThermalAlert : EventThermalCleared, zone);

    /// <inheritdoc/>
    public void Receive(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int wanted = SystemManagerMessage.HeaderSize;
            if (_inputLength >= SystemManagerMessage.HeaderSize)
                wanted += SystemManagerMessage.PayloadSize(_input) ?? 0;

            int taken = Math.Min(wanted - _inputLength, bytes.Length);
            bytes[..taken].CopyTo(_input.AsSpan(_inputLength));
            _inputLength += taken;
            bytes = bytes[taken..];
            if (_inputLength < SystemManagerMessage.HeaderSize)
                return;

            if (SystemManagerMessage.PayloadSize(_input) is not { } payloadSize)
            {
                // The start of the next message is unknown, so all received bytes are dropped.
                _logger.LogDebug("system manager: the guest sent something that is no message");
                _inputLength = 0;
                return;
            }

            if (_inputLength == SystemManagerMessage.HeaderSize + payloadSize)
            {
                _inputLength = 0;
                Handle(SystemManagerMessage.Service(_input), _input.AsSpan(SystemManagerMessage.HeaderSize, payloadSize));
            }
        }
    }

    private void Handle(SystemManagerService service, ReadOnlySpan<byte> payload)
    {
        switch (service)
        {
            case SystemManagerService.Request:
                HandleRequest(payload);
                break;
            case SystemManagerService.Response:
                HandleResponse(payload);
                break;
            case SystemManagerService.SetNextOperation:
                HandleNextOperation(payload);
                break;
            case SystemManagerService.SetAttributes when payload[0] == SystemManagerMessage.Version:
                Attributes = BinaryPrimitives.ReadUInt32BigEndian(payload[4..]);
                break;
            default:
                _logger.LogDebug("system manager: ignored a message for service {Service}", (ushort)service);
                break;
        }
    }

    private void HandleRequest(ReadOnlySpan<byte> payload)
    {
        if (payload[0] != SystemManagerMessage.Version || payload[1] != ShutDown || payload[2] != TargetSelf)
        {
            _logger.LogDebug("system manager: refused request {Type} for target {Target}", payload[1], payload[2]);
            Send(SystemManagerService.RequestError, 0, 0);
            return;
        }

        _commandSent = Send(SystemManagerService.Command, ShutDown, 0);
    }

    private void HandleResponse(ReadOnlySpan<byte> payload)
    {
        if (!_commandSent || payload[0] != SystemManagerMessage.Version)
            return;
        _commandSent = false;
        if (payload[4] != 0)
        {
            _logger.LogInformation("system manager: the guest refused to shut down (status {Status})", payload[4]);
            return;
        }

        if (_nextOperation == NextSystemShutdown)
            _partition.End(PartitionEnd.PowerOff, "the guest asked the system manager to power off");
        else
            _partition.End(PartitionEnd.Restart, "the guest asked the system manager to restart");
    }

    private void HandleNextOperation(ReadOnlySpan<byte> payload)
    {
        if (payload[0] == NextOperationVersion && payload[1] is NextSystemShutdown or NextSystemReboot or NextPartitionReboot)
            _nextOperation = payload[1];
        else
            _logger.LogDebug("system manager: ignored next operation {Operation:x}", payload[1]);
    }

    private bool SendEvent(uint attribute, byte type, uint value) =>
        !_stopped && (Attributes & attribute) != 0 && Send(SystemManagerService.ExternalEvent, type, value);

    private bool Send(SystemManagerService service, byte type, uint value)
    {
        Span<byte> message = stackalloc byte[SystemManagerMessage.HeaderSize + SystemManagerMessage.MaxPayload];
        SystemManagerMessage.Write(message, service, type, value);
        if (_port.Send(message))
            return true;
        _logger.LogDebug("system manager: no room for a message of service {Service}", service);
        return false;
    }
}
