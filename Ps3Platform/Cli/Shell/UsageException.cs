namespace Ps3Platform.Cli.Shell;

/// <summary>A value the user gave that cannot be used, with the way out in its message.</summary>
internal sealed class UsageException(string message) : Exception(message);
