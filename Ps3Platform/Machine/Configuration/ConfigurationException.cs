namespace Ps3Platform.Machine.Configuration;

/// <summary>
/// A configuration cannot be used. The message names the place it was given (option, or file, line and column) and the way out.
/// </summary>
public sealed class ConfigurationException(string message) : Exception(message);
