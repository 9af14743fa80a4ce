namespace Ps3Platform.Loaders;

/// <summary>Sound files that cannot be started together: what does not fit, and what to change.</summary>
public sealed class BootException(string message) : Exception(message);
