namespace Ps3Platform.Loaders;

/// <summary>Valid files that cannot be booted together. The message says what does not fit, and what to change.</summary>
public sealed class BootException(string message) : Exception(message);
