namespace Ps3Platform.Devices.HotPlug;

/// <summary>A device cannot do what a user asks for; the message says why, and the way out, as whole sentences.</summary>
public sealed class DeviceOperationException(string message) : Exception(message);
