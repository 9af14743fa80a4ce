namespace Ps3Platform.Machine.Configuration;

/// <summary>
/// A configuration cannot be used. The message names where the value was given (option, or file, line and column) and what to give.
/// </summary>
public sealed class ConfigurationException(string message) : Exception(message);
