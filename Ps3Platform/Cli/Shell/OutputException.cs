namespace Ps3Platform.Cli.Shell;

/// <summary>A requested file could not be written. The message names the file and the reason.</summary>
internal sealed class OutputException(string message, Exception inner) : Exception(message, inner);
