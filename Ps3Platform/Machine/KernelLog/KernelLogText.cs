using System.Globalization;
using System.Text;

namespace Ps3Platform.Machine.KernelLog;

/// <summary>How a kernel keeps its log in memory.</summary>
public enum KernelLogFormat
{
    /// <summary>Before Linux 3.5: a ring of plain text.</summary>
    Text,

    /// <summary>Linux 3.5 to 5.9: a ring of records of varying length.</summary>
    Records,

    /// <summary>Since Linux 5.10: struct printk_ringbuffer.</summary>
    Ringbuffer,
}

/// <summary>One message of a kernel.</summary>
/// <param name="Nanoseconds">Time of the message by the kernel's clock; null where the kernel was built without times.</param>
/// <param name="Level">0 (emergency) to 7 (debug); null where it is not known.</param>
/// <param name="Text">The message; may have several lines.</param>
public readonly record struct KernelMessage(ulong? Nanoseconds, int? Level, string Text);

/// <summary>A kernel's log as read from guest memory, oldest message first.</summary>
/// <param name="Format">Its format in memory.</param>
/// <param name="Address">Kernel address of the buffer with the text.</param>
/// <param name="Messages">The messages that are still there.</param>
public sealed record KernelLogText(KernelLogFormat Format, ulong Address, IReadOnlyList<KernelMessage> Messages)
{
    private const string PanicMarker = "Kernel panic - not syncing";

    /// <summary>The lines as dmesg shows them: "[    1.234567] text".</summary>
    public IEnumerable<string> Lines
    {
        get
        {
            foreach (KernelMessage message in Messages)
            {
                string time = message.Nanoseconds is { } nanoseconds
                    ? string.Create(CultureInfo.InvariantCulture, $"[{nanoseconds / 1_000_000_000,5}.{nanoseconds / 1000 % 1_000_000:000000}] ")
                    : "";
                foreach (string line in message.Text.TrimEnd('\n').Split('\n'))
                    yield return time + line;
            }
        }
    }

    /// <summary>The line that reports a panic of the kernel, or null.</summary>
    public string? PanicLine
    {
        get
        {
            for (int index = Messages.Count - 1; index >= 0; index--)
            {
                if (Messages[index].Text.StartsWith(PanicMarker, StringComparison.Ordinal))
                    return Messages[index].Text.Split('\n')[0];
            }

            return null;
        }
    }

    /// <summary>Text from guest memory for a terminal: control characters except the line feed are made visible.</summary>
    internal static string Clean(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(Encoding.UTF8.GetString(bytes));
        for (int index = 0; index < text.Length; index++)
        {
            if (text[index] == '\t')
                text[index] = ' ';
            else if (char.IsControl(text[index]) && text[index] != '\n')
                text[index] = '.';
        }

        return text.ToString();
    }

    /// <summary>True for the bytes that occur in a log: ASCII, tabs and line feeds, and UTF-8 beyond ASCII.</summary>
    internal static bool IsText(byte value) => value is (>= 0x20 and not 0x7f) or (byte)'\n' or (byte)'\t' or (byte)'\r' or 0x1b;
}
