using Ps3Platform.Machine.Configuration;
using Ps3Platform.Monitor.Control;
using Ps3Platform.Web;

namespace Ps3Platform.Cli.Remote;

/// <summary>The files that the web console's page offers beside the screenshot.</summary>
internal static class WebFiles
{
    private static readonly TimeSpan ProfileTime = TimeSpan.FromSeconds(5);

    /// <summary>Those that a machine with these options has.</summary>
    public static IReadOnlyList<WebDownload> Of(MachineOptions options, IMachineControl machine)
    {
        List<WebDownload> files =
        [
            new("profile.speedscope.json", "application/json", $"Profile of {ProfileTime.TotalSeconds:0} s",
                () => Make(file => machine.WriteProfile(ProfileTime, file))),
        ];
        if (options.SpeTimeline is not null)
            files.Add(new("timeline.json", "application/json", "SPE timeline", () => Make(machine.WriteSpeTimeline)));
        // A device or a pipe cannot be read again.
        if (options.PacketCapture is { } capture && File.Exists(capture))
        {
            files.Add(new(
                "capture.pcapng", "application/x-pcapng", "Captured frames",
                () => new FileStream(capture, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)));
        }

        return files;
    }

    // Through a file of its own, so that neither memory nor the machine depends on how fast a browser reads.
    private static FileStream Make(Action<Stream> write)
    {
        string path = Path.GetTempFileName();
        var file = new FileStream(
            path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 64 << 10, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        try
        {
            write(file);
            file.Position = 0;
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
