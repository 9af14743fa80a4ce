using System.Buffers.Binary;

namespace Ps3Platform.Machine.KernelLog;

/// <summary>
/// The log of Linux 3.5 to 5.9 (kernel/printk/printk.c, struct printk_log): consecutive records of a header, text and a dictionary.
/// A record of length 0 means that the next one is at the buffer's beginning.
/// </summary>
internal static class RecordRing
{
    // ts_nsec, len, text_len, dict_len, facility, flags and level; since 5.1, with CONFIG_PRINTK_CALLER, caller_id.
    private const int Header = 16;
    private const int HeaderWithCaller = 20;
    private const int LongestRecord = 4096;
    private const int Alignment = 4;
    private const uint LeastBuffer = 4096;
    private const uint MostBuffer = 32 << 20;

    // The number of consistent consecutive headers that is taken as a log and not as a coincidence.
    private const int LeastChain = 6;

    // The largest gap that a partly overwritten record leaves between the newest and the oldest record.
    private const int WidestGap = 2 * LongestRecord;
    private const ulong LatestTime = 1UL << 56;

    /// <summary>Consecutive records in memory.</summary>
    private sealed record Chain(int Start, int End, List<KernelMessage> Messages);

    /// <summary>Reads the log by the kernel's variables. Null when they do not lead to one.</summary>
    public static KernelLogText? TryRead(IKernelMemory memory, KernelNames names)
    {
        if (!names.TryFind("log_buf", out ulong bufferVariable) || !names.TryFind("log_buf_len", out ulong lengthVariable)
            || !names.TryFind("log_first_idx", out ulong firstVariable) || !names.TryFind("log_next_idx", out ulong nextVariable)
            || !memory.TryReadPointer(bufferVariable, out ulong address) || !memory.TryReadUInt32(lengthVariable, out uint length)
            || !memory.TryReadUInt32(firstVariable, out uint first) || !memory.TryReadUInt32(nextVariable, out uint next)
            || length is < LeastBuffer or > MostBuffer || first >= length || next >= length)
        {
            return null;
        }

        byte[] buffer = new byte[length];
        if (!memory.TryRead(address, buffer))
            return null;
        ulong? size = names.SizeOf("printk_log") ?? names.SizeOf("log");
        int header = size is HeaderWithCaller || (size is null && HasCaller(buffer.AsSpan((int)first))) ? HeaderWithCaller : Header;
        var messages = new List<KernelMessage>();
        int at = (int)first;
        // Every record advances the position, and the loop passes over the buffer once.
        for (long passed = 0; passed <= length;)
        {
            if (messages.Count > 0 && at == next)
                break;
            if (buffer.Length - at >= Header && BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(at + 8)) == 0 && at != 0)
            {
                passed += buffer.Length - at;
                at = 0;
                continue;
            }

            if (!TryParse(buffer.AsSpan(at), header, out KernelMessage message, out int step))
                break;
            messages.Add(message);
            at += step;
            passed += step;
            if (at >= buffer.Length)
                at = 0;
        }

        return messages.Count == 0 ? null : new KernelLogText(KernelLogFormat.Records, address, messages);
    }

    /// <summary>Finds the longest chain of records in memory, and the older part of it when the ring has been filled.</summary>
    public static KernelLogText? Search(IKernelMemory memory)
    {
        Chain? best = null;
        Chain? before = null;
        Chain? last = null;
        ReadOnlySpan<byte> image = memory.Image;
        for (int at = 0; at + Header <= image.Length;)
        {
            if (TryFollow(image, at) is not { } chain)
            {
                at += Alignment;
                continue;
            }

            if (last is not null && best == last && chain.Start - last.End <= WidestGap && chain.Messages[^1].Nanoseconds <= last.Messages[0].Nanoseconds)
                before = chain;
            else if (best is null || chain.Messages.Count > best.Messages.Count)
                (best, before) = (chain, null);
            last = chain;
            at = chain.End;
        }

        return best is null ? null : new KernelLogText(
            KernelLogFormat.Records, memory.ImageAddress + (ulong)best.Start, before is null ? best.Messages : [.. before.Messages, .. best.Messages]);
    }

    private static Chain? TryFollow(ReadOnlySpan<byte> image, int start)
    {
        // This rejects most places: the time must be below two years, and the length a multiple of four.
        if (image[start] != 0 || (image[start + 9] & (Alignment - 1)) != 0 || !TryParse(image[start..], Header, out _, out _, strict: true))
        {
            if (!HasCaller(image[start..]) || !TryParse(image[start..], HeaderWithCaller, out _, out _, strict: true))
                return null;
        }

        int header = TryParse(image[start..], Header, out _, out _, strict: true) ? Header : HeaderWithCaller;
        var messages = new List<KernelMessage>();
        int at = start;
        while (TryParse(image[at..], header, out KernelMessage message, out int step, strict: true))
        {
            messages.Add(message);
            at += step;
        }

        return messages.Count < LeastChain ? null : new Chain(start, at, messages);
    }

    // Whether the record has a caller's number in front of its text: a task (below 2^31) or a processor (with the highest bit set).
    private static bool HasCaller(ReadOnlySpan<byte> record) =>
        record.Length >= HeaderWithCaller && record[16] is 0 or 0x80 && BinaryPrimitives.ReadUInt16BigEndian(record[10..]) > 0;

    private static bool TryParse(ReadOnlySpan<byte> bytes, int header, out KernelMessage message, out int length, bool strict = false)
    {
        message = default;
        length = 0;
        if (bytes.Length < header)
            return false;
        ulong time = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        length = BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]);
        int textLength = BinaryPrimitives.ReadUInt16BigEndian(bytes[10..]);
        int used = header + textLength + BinaryPrimitives.ReadUInt16BigEndian(bytes[12..]);
        if (time >= LatestTime || length < used || length > bytes.Length || length % Alignment != 0 || length > LongestRecord)
            return false;
        ReadOnlySpan<byte> text = bytes.Slice(header, textLength);
        if (strict && (textLength == 0 || length - used >= sizeof(ulong)))
            return false;
        foreach (byte value in text)
        {
            if (!KernelLogText.IsText(value))
                return false;
        }

        message = new KernelMessage(time, bytes[15] & 7, KernelLogText.Clean(text));
        return true;
    }
}
