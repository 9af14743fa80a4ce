namespace Ps3Platform.Cli.Shell;

/// <summary>A file that was asked for could not be written: names the file and the reason.</summary>
internal sealed class OutputException(string message, Exception inner) : Exception(message, inner);
