using System.Buffers.Binary;

namespace Ps3Platform.Machine.KernelLog;

/// <summary>
/// The log since Linux 5.10 (kernel/printk/printk_ringbuffer.h): a ring of descriptors, a ring of printk_info with the facts about each
/// message, and a ring of text blocks. Layouts are those of a 64-bit kernel.
/// </summary>
internal static class PrintkRingbuffer
{
    // struct printk_ringbuffer begins with struct prb_desc_ring: count_bits, descs, infos, head_id, tail_id; since 5.18 one more
    // word. struct prb_data_ring follows: size_bits, data, head_lpos, tail_lpos.
    private const int DescriptorRing = 40;
    private const int DataRing = 32;
    private const int HeaderSize = DescriptorRing + sizeof(ulong) + DataRing;

    // struct prb_desc: state_var, text_blk_lpos.begin and .next.
    private const int DescriptorSize = 24;

    // struct printk_info: seq, ts_nsec, text_len, facility, flags and level, caller_id, subsystem[16], device[48].
    private const int InfoSize = 88;

    // Each text block begins with its descriptor's id.
    private const int BlockHeader = 8;

    private const int LeastCountBits = 4;
    private const int MostCountBits = 20;
    private const int LeastSizeBits = 10;
    private const int MostSizeBits = 25;

    private const int StateShift = 62;
    private const ulong IdMask = (1UL << StateShift) - 1;

    private readonly record struct Layout(ulong Count, ulong Descriptors, ulong Infos, ulong HeadId, ulong TailId, int SizeBits, ulong Data);

    /// <summary>Reads the ring at an address. Null when no valid ring is there.</summary>
    public static KernelLogText? TryRead(IKernelMemory memory, ulong address)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        return memory.TryRead(address, header) && TryParse(header, out Layout layout) ? ReadMessages(memory, layout) : null;
    }

    /// <summary>Finds the ring that was written last. A kernel that has replaced its first ring by a longer one leaves both.</summary>
    public static KernelLogText? Search(IKernelMemory memory)
    {
        KernelLogText? best = null;
        ReadOnlySpan<byte> image = memory.Image;
        for (int at = 0; at + HeaderSize <= image.Length; at += sizeof(ulong))
        {
            // count_bits and four bytes of padding.
            if (image[at + 3] == 0 || BinaryPrimitives.ReadUInt64BigEndian(image[at..]) is < 1UL << 32 or > (ulong)MostCountBits << 32)
                continue;
            if (TryParse(image.Slice(at, HeaderSize), out Layout layout) && ReadMessages(memory, layout) is { Messages.Count: > 0 } log
                && (best is null || best.Messages[^1].Nanoseconds < log.Messages[^1].Nanoseconds))
            {
                best = log;
            }
        }

        return best;
    }

    private static bool TryParse(ReadOnlySpan<byte> header, out Layout layout)
    {
        layout = default;
        uint countBits = BinaryPrimitives.ReadUInt32BigEndian(header);
        ulong descriptors = Word(header, 8);
        ulong infos = Word(header, 16);
        if (countBits is < LeastCountBits or > MostCountBits || !KernelMemoryReads.IsPointer(descriptors) || !KernelMemoryReads.IsPointer(infos)
            || descriptors == infos)
        {
            return false;
        }

        ulong head = Word(header, 24);
        ulong tail = Word(header, 32);
        ulong count = 1UL << (int)countBits;
        if ((head | tail) > IdMask || ((head - tail) & IdMask) >= count)
            return false;
        foreach (int at in (ReadOnlySpan<int>)[DescriptorRing, DescriptorRing + sizeof(ulong)])
        {
            ReadOnlySpan<byte> ring = header.Slice(at, DataRing);
            uint sizeBits = BinaryPrimitives.ReadUInt32BigEndian(ring);
            ulong data = Word(ring, 8);
            if (sizeBits is < LeastSizeBits or > MostSizeBits || !KernelMemoryReads.IsPointer(data) || Word(ring, 16) - Word(ring, 24) > 1UL << (int)sizeBits)
                continue;
            layout = new Layout(count, descriptors, infos, head, tail, (int)sizeBits, data);
            return true;
        }

        return false;
    }

    private static KernelLogText ReadMessages(IKernelMemory memory, in Layout layout)
    {
        var messages = new List<KernelMessage>();
        // Blocks do not overlap, so all text together fits the ring. A ring that claims more is not a log.
        ulong room = 1UL << layout.SizeBits;
        ulong count = ((layout.HeadId - layout.TailId) & IdMask) + 1;
        for (ulong step = 0; step < count; step++)
        {
            ulong id = (layout.TailId + step) & IdMask;
            if (!TryReadMessage(memory, layout, id, out KernelMessage message, out ulong length))
                continue;
            if (length > room)
                break;
            room -= length;
            messages.Add(message);
        }

        return new KernelLogText(KernelLogFormat.Ringbuffer, layout.Data, messages);
    }

    private static bool TryReadMessage(IKernelMemory memory, in Layout layout, ulong id, out KernelMessage message, out ulong length)
    {
        message = default;
        length = 0;
        Span<byte> descriptor = stackalloc byte[DescriptorSize];
        Span<byte> info = stackalloc byte[InfoSize];
        ulong index = id & (layout.Count - 1);
        if (!memory.TryRead(layout.Descriptors + (index * DescriptorSize), descriptor) || !memory.TryRead(layout.Infos + (index * InfoSize), info))
            return false;
        // Committed (1) and finalized (2) descriptors hold a message; reserved ones do not yet, reusable ones no longer.
        ulong state = Word(descriptor, 0);
        if ((state & IdMask) != id || state >> StateShift is not (1 or 2))
            return false;
        int textLength = BinaryPrimitives.ReadUInt16BigEndian(info[16..]);
        if (!TryReadText(memory, layout, id, Word(descriptor, 8), Word(descriptor, 16), textLength, out string text))
            return false;
        length = (ulong)textLength;
        message = new KernelMessage(Word(info, 8), info[19] & 7, text);
        return true;
    }

    // A block that would cross the ring's end is placed at the ring's beginning as a whole (prb_data_ring's wrap).
    private static bool TryReadText(IKernelMemory memory, in Layout layout, ulong id, ulong begin, ulong next, int length, out string text)
    {
        text = "";
        // Odd logical positions mean that there is no block: the message is empty, or its text was lost.
        if ((begin & 1) != 0 && (next & 1) != 0)
            return length == 0;
        ulong size = 1UL << layout.SizeBits;
        ulong offset = begin & (size - 1);
        ulong blockLength = next - begin;
        if (begin >> layout.SizeBits != next >> layout.SizeBits && (next & (size - 1)) != 0)
        {
            offset = 0;
            blockLength = next & (size - 1);
        }

        if (blockLength > size - offset || blockLength < (ulong)(BlockHeader + length))
            return false;
        byte[] block = new byte[BlockHeader + length];
        if (!memory.TryRead(layout.Data + offset, block) || Word(block, 0) != id)
            return false;
        text = KernelLogText.Clean(block.AsSpan(BlockHeader));
        return true;
    }

    private static ulong Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64BigEndian(bytes[offset..]);
}
