using Ps3Platform.Host.Files;
using Ps3Platform.Host.Network;
using Ps3Platform.Host.Streams;
using Ps3Platform.Loaders;
using Ps3Platform.Machine.Configuration;

namespace Ps3Platform.Cli.Shell;

/// <summary>Converts exceptions to a one-line message and an exit code.</summary>
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
            // The reader has closed the output, as in "ps3 disasm vmlinux | head"; that is not an error.
            return ExitCode.OutputClosed;
        }
        catch (OutputException e)
        {
            Terminal.Error(e.Message);
            return ExitCode.OutputLost;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Errors of named files are reported where they are opened, so this one is about a standard stream.
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
