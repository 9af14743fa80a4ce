using Ps3Platform.Machine.Configuration;

namespace Machine.Tests.Configuration;

/// <summary>Values of every option.</summary>
internal static class OptionSamples
{
    private static readonly string[] Texts =
    [
        "1", "2", "5", "33", "64M", "2G", "1.5s", "250ms", "90m", "0.5us", "500us", "20000i", "true", "folder/file",
        "console=hvc0 \"quiet\" \u00e9", "02:00:50:53:33:07", "user,hostfwd=tcp:127.0.0.1:2222-:22,restrict=on", "switch,socket=/tmp/lan",
        "unix:/tmp/ps3.sock", "tcp:127.0.0.1:5555", ":0", "8080", "127.0.0.1:1,password=secret.txt", "pty", "mouse;gamepad",
        "none;serial=pty;disk=stick.img,ro", "wav:sound.wav", "pipe:", "host",
    ];

    /// <summary>Some values that an option takes, written as on the command line.</summary>
    public static IEnumerable<string> Of(OptionField field) =>
        Texts.Concat(field.Shape.Words).Where(text => field.TryRead(text, new MachineOptions(), out _, out _));

    /// <summary>Default options with one value.</summary>
    public static MachineOptions With(this MachineOptions options, OptionField field, string text) =>
        field.TryRead(text, options, out MachineOptions? changed, out string? problem) ? changed
        : throw new ArgumentException(problem, nameof(text));

    /// <summary>Reads options as a file with the name <c>machine.json</c>.</summary>
    public static MachineOptions Read(string json, string folder = "")
    {
        var options = new SourcedOptions();
        ConfigurationFile.Read(System.Text.Encoding.UTF8.GetBytes(json), "machine.json", options, folder);
        return options.Options;
    }
}
