using Ps3Platform.Cli.Shell;
using Ps3Platform.Devices.Blocks;
using Ps3Platform.Devices.HotPlug;
using Ps3Platform.Host.Blocks;

namespace Ps3Platform.Cli.Session;

/// <summary>Media of the optical drive that a user names while the machine runs.</summary>
internal static class DiscFiles
{
    /// <summary>Opens a medium.</summary>
    /// <param name="text">What <c>--cdrom</c> takes.</param>
    /// <exception cref="DeviceOperationException">It is not understood, or cannot be opened.</exception>
    public static IBlockBackend Open(string text)
    {
        if (!BlockOptions.TryParse(text, out BlockOptions? options, out string? problem))
            throw new DeviceOperationException($"{text}: {problem}.");
        try
        {
            return BlockBackends.OpenDisc(options, Terminal.Error);
        }
        catch (BlockOpenException e)
        {
            throw new DeviceOperationException($"{e.Message}.");
        }
    }
}
