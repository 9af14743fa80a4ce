namespace Ps3Platform.Cli.Shell;

/// <summary>A value from the user cannot be used. The message says what to give instead.</summary>
internal sealed class UsageException(string message) : Exception(message);
