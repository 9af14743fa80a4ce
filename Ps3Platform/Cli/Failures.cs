using Ps3Platform.Loaders;

namespace Ps3Platform.Cli;

/// <summary>A value the user gave that cannot be used, with the way out in its message.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>Turns exceptions into one line for a person and an exit code.</summary>
internal static class Failures
{
    public static int Guard(Func<int> command)
    {
        try
        {
            return command();
        }
        catch (Exception e) when (e is ImageFormatException or BootException or UsageException)
        {
            Terminal.Error(e.Message);
            return ExitCode.Usage;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Terminal.Error(e.Message);
            return ExitCode.Usage;
        }
        catch (Exception e)
        {
            Terminal.Error($"internal error, please report it: {e}");
            return ExitCode.Internal;
        }
    }
}
