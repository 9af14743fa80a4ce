using Ps3Platform.Host.Files;
using Ps3Platform.Host.Network;
using Ps3Platform.Host.Streams;
using Ps3Platform.Loaders;
using Ps3Platform.Machine.Configuration;

namespace Ps3Platform.Cli.Shell;

/// <summary>Turns exceptions into one line for a person and an exit code.</summary>
internal static class Failures
{
    public static int Guard(Func<int> command)
    {
        try
        {
            return command();
        }
        catch (Exception e) when (e is ImageFormatException or BootException or UsageException or ConfigurationException
            or NetworkException)
        {
            Terminal.Error(e.Message);
            return ExitCode.Usage;
        }
        catch (OutputClosedException)
        {
            // "ps3 disasm vmlinux | head" has all it wants.
            return ExitCode.OutputClosed;
        }
        catch (OutputException e)
        {
            Terminal.Error(e.Message);
            return ExitCode.OutputLost;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Files are opened where their names are known; what is left is a stream of the process's own.
            Terminal.Error($"input or output failed: {FileErrors.Reason(e)}");
            return ExitCode.OutputLost;
        }
        catch (Exception e) when (e is OutOfMemoryException || e.InnerException is OutOfMemoryException)
        {
            Terminal.Error(
                "the host gives no more memory: the machine takes about 500 MB and 3.5 GB of address space (ulimit -v); "
                + "give it more, or less --memory.");
            return ExitCode.Internal;
        }
        catch (Exception e)
        {
            Terminal.Error($"internal error, please report it: {e}");
            return ExitCode.Internal;
        }
    }
}
