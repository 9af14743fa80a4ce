using System.Globalization;
using System.Numerics;
using System.Text;

namespace Ps3Platform.Machine.KernelLog;

/// <summary>
/// The log before Linux 3.5 (kernel/printk.c): a ring of characters, with lines of the form "&lt;6&gt;[    0.000000] text". log_end
/// counts all characters ever written.
/// </summary>
internal static class TextRing
{
    private const uint LeastBuffer = 4096;
    private const uint MostBuffer = 32 << 20;

    // The number of lines with a level that is taken as a log and not as a coincidence.
    private const int LeastLines = 6;

    private const ulong MostDisorder = 1_000_000_000;

    /// <summary>Reads the log by the kernel's variables. Null when they do not lead to one.</summary>
    public static KernelLogText? TryRead(IKernelMemory memory, KernelNames names)
    {
        if (!names.TryFind("log_buf", out ulong bufferVariable) || !names.TryFind("log_buf_len", out ulong lengthVariable)
            || !names.TryFind("log_end", out ulong endVariable)
            || !memory.TryReadPointer(bufferVariable, out ulong address) || !memory.TryReadUInt32(lengthVariable, out uint length)
            || !memory.TryReadUInt32(endVariable, out uint end) || length is < LeastBuffer or > MostBuffer || !BitOperations.IsPow2(length))
        {
            return null;
        }

        // Characters since the last "clear": not more than the ring holds.
        uint kept = names.TryFind("logged_chars", out ulong keptVariable) && memory.TryReadUInt32(keptVariable, out uint logged) ? logged : end;
        kept = Math.Min(Math.Min(kept, end), length);
        byte[] ring = new byte[length];
        if (!memory.TryRead(address, ring))
            return null;
        byte[] text = new byte[kept];
        for (uint index = 0; index < kept; index++)
            text[index] = ring[(end - kept + index) & (length - 1)];
        List<KernelMessage> messages = Parse(text);
        return messages.Count == 0 ? null : new KernelLogText(KernelLogFormat.Text, address, messages);
    }

    /// <summary>Finds the text with the most lines that begin with a level.</summary>
    public static KernelLogText? Search(IKernelMemory memory)
    {
        ReadOnlySpan<byte> image = memory.Image;
        (int Start, int End, int Lines) best = default;
        int at = 0;
        while (at < image.Length && image[at..].IndexOf("\n<"u8) is int found and >= 0)
        {
            int start = at + found;
            int end = start;
            while (start > 0 && KernelLogText.IsText(image[start - 1]))
                start--;
            while (end < image.Length && KernelLogText.IsText(image[end]))
                end++;
            int lines = CountLines(image[start..end]);
            if (lines > best.Lines)
                best = (start, end, lines);
            at = end;
        }

        if (best.Lines < LeastLines)
            return null;
        return new KernelLogText(KernelLogFormat.Text, memory.ImageAddress + (ulong)best.Start, Parse(Unroll(image[best.Start..best.End])));
    }

    private static int CountLines(ReadOnlySpan<byte> text)
    {
        int lines = 0;
        for (int at = 0; at + 3 < text.Length && text[at..].IndexOf("\n<"u8) is int found and >= 0; at += found + 1)
        {
            int digit = at + found + 2;
            if (digit + 1 < text.Length && text[digit] is >= (byte)'0' and <= (byte)'7' && text[digit + 1] == '>')
                lines++;
        }

        return lines;
    }

    private static List<KernelMessage> Parse(ReadOnlySpan<byte> text)
    {
        var messages = new List<KernelMessage>();
        foreach (string line in KernelLogText.Clean(text).Split('\n'))
        {
            string rest = line.TrimEnd('.', '\0').Length == 0 ? "" : line;
            if (rest.Length == 0)
                continue;
            int? level = null;
            if (rest.Length > 3 && rest[0] == '<' && rest[1] is >= '0' and <= '7' && rest[2] == '>')
            {
                level = rest[1] - '0';
                rest = rest[3..];
            }

            messages.Add(new KernelMessage(TakeTime(ref rest), level, rest));
        }

        return messages;
    }

    private static ulong? TakeTime(ref string line)
    {
        int close = line.IndexOf(']', StringComparison.Ordinal);
        if (!line.StartsWith('[') || close is < 0 or > 24
            || !decimal.TryParse(line[1..close].Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds)
            || seconds > uint.MaxValue)
        {
            return null;
        }

        line = line[(close + 1)..].TrimStart();
        return (ulong)(seconds * 1_000_000_000);
    }

    // In a ring that has wrapped, the newest line comes directly before the oldest one, so the ring is rotated at the first line whose
    // successor has an earlier time. A small step back is ignored, because times of several processors may be slightly out of order.
    private static ReadOnlySpan<byte> Unroll(ReadOnlySpan<byte> ring)
    {
        ulong newest = 0;
        int behindNewest = 0;
        for (int at = 0; at < ring.Length;)
        {
            int length = ring[at..].IndexOf((byte)'\n') is int found and >= 0 ? found + 1 : ring.Length - at;
            if (Parse(ring.Slice(at, length)) is [{ Nanoseconds: { } time }])
            {
                if (time + MostDisorder < newest)
                    return (byte[])[.. ring[behindNewest..], .. ring[..behindNewest]];
                newest = Math.Max(newest, time);
                behindNewest = at + length;
            }

            at += length;
        }

        return ring;
    }
}
