using System.Buffers.Binary;
using System.Runtime.CompilerServices;

using CellPpe.Core;

namespace Ps3Platform.Loaders.Boot;

/// <summary>A known fault of a guest kernel, and the one instruction that was changed to let it boot.</summary>
/// <param name="Address">Address of the changed instruction.</param>
/// <param name="Reason">Text for the user: what the kernel would do on any console, and what it does now.</param>
public sealed record KernelFixup(LparAddress Address, string Reason);

/// <summary>
/// Fix-ups for kernels that cannot boot on the machine they were built for. There is one. Linux built with
/// CONFIG_STRICT_KERNEL_RWX, which became the default, changes the protection of its init memory before it starts init. The
/// PS3 port cannot do that and called panic("ps3_hpte_updateboltedpp() not implemented") until 6.8, which only prints a
/// message. Such a kernel stops on a real console too. The fix-up makes the function return, as in 6.8 but without the message.
/// </summary>
public static class KernelFixups
{
    private const uint Blr = 0x4e80_0020;
    private const ulong LinkBase = 0xc000_0000_0000_0000;

    // A message that is compiled in only with CONFIG_STRICT_KERNEL_RWX: without it the panicking function is never called.
    private static readonly byte[] StrictMessage = "Unable to mark rodata read only"u8.ToArray();
    private static readonly byte[] Message = "ps3_hpte_updateboltedpp() not implemented"u8.ToArray();

    /// <summary>The image with the fix-ups it needs; the same image when it needs none.</summary>
    public static BootImage Apply(BootImage image, out IReadOnlyList<KernelFixup> applied)
    {
        ArgumentNullException.ThrowIfNull(image);
        applied = [];
        for (int index = 0; index < image.Segments.Count; index++)
        {
            BootSegment segment = image.Segments[index];
            int message = segment.Bytes.Span.IndexOf(Message);
            if (message < 0 || segment.Bytes.Span.IndexOf(StrictMessage) < 0 || !(TryFindUser(segment, (ulong)message, out int function) || TryFindSecondAbiUser(segment, message, out function)))
                continue;
            byte[] patch = new byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32BigEndian(patch, Blr);
            LparAddress address = segment.Address + (ulong)function;
            // A further segment over the kernel's, instead of a changed copy, because kernels are large.
            var segments = image.Segments.ToList();
            segments.Insert(index + 1, new BootSegment("fix-up", address, patch, sizeof(uint)));
            applied =
            [
                new KernelFixup(address,
                    "this kernel panics in ps3_hpte_updateboltedpp() before init, on a console too (CONFIG_STRICT_KERNEL_RWX before Linux 6.8); "
                    + "the function was made to return. --fixups none boots it as it is"),
            ];
            return image with { Segments = segments };
        }

        return image;
    }

    // The function that loads the message's address (addis r3,r2,hi ... addi r3,r3,lo), by the descriptors of ELFv1: entry,
    // TOC, 0. Nearly all descriptors of a kernel have the same TOC. This loop reads every doubleword of a kernel in one call, so it must
    // be optimised at its first call, or it would delay the start.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryFindUser(BootSegment segment, ulong messageOffset, out int function)
    {
        function = 0;
        ReadOnlySpan<byte> bytes = segment.Bytes.Span;
        ulong origin = LinkBase + segment.Address.Value;
        // A kernel has one TOC, and some data that look like descriptors. A file with very many is not a kernel.
        const int MostTocs = 4096;
        var counts = new Dictionary<ulong, int>();
        for (int at = 0; at + 24 <= bytes.Length; at += 8)
        {
            if (TryReadDescriptor(bytes, at, origin, out _, out ulong toc))
                counts[toc] = counts.GetValueOrDefault(toc) + 1;
            if (counts.Count > MostTocs)
                return false;
        }

        if (counts.Count == 0)
            return false;
        ulong commonToc = counts.MaxBy(static pair => pair.Value).Key;
        long distance = (long)(origin + messageOffset - commonToc);
        uint high = 0x3c62_0000u | (ushort)((distance + 0x8000) >> 16);
        uint low = 0x3863_0000u | (ushort)distance;
        const int Near = 32;
        for (int descriptor = 0; descriptor + 24 <= bytes.Length; descriptor += 8)
        {
            if (!TryReadDescriptor(bytes, descriptor, origin, out int start, out ulong toc) || toc != commonToc)
                continue;
            int end = Math.Min(start + Near, bytes.Length - 4);
            bool sawHigh = false;
            for (int at = start; at < end; at += 4)
            {
                uint word = BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
                sawHigh |= word == high;
                if (sawHigh && word == low)
                {
                    function = start;
                    return true;
                }
            }
        }

        return false;
    }

    // The same function by ELFv2 (2.3.2.1), which has no descriptors: a function makes the TOC's address from its own in its first two
    // instructions (addis r2,r12,hi; addi r2,r2,lo). Callers that have the same TOC enter behind them, so that is where it returns.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryFindSecondAbiUser(BootSegment segment, int message, out int function)
    {
        const int Prologue = 8;
        const int Near = 32;
        ReadOnlySpan<byte> bytes = segment.Bytes.Span;
        function = 0;
        for (int at = 0; at + Prologue + Near <= bytes.Length; at += 4)
        {
            uint high = BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
            uint low = BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 4)..]);
            if (high >> 16 != 0x3c4c || low >> 16 != 0x3842)
                continue;
            long distance = message - (at + ((long)(short)high << 16) + (short)low);
            uint wantedHigh = 0x3c62_0000u | (ushort)((distance + 0x8000) >> 16);
            uint wantedLow = 0x3863_0000u | (ushort)distance;
            bool sawHigh = false;
            for (int word = at + Prologue; word < at + Prologue + Near; word += 4)
            {
                uint value = BinaryPrimitives.ReadUInt32BigEndian(bytes[word..]);
                sawHigh |= value == wantedHigh;
                if (!sawHigh || value != wantedLow)
                    continue;
                function = at + Prologue;
                return true;
            }
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadDescriptor(ReadOnlySpan<byte> bytes, int at, ulong origin, out int entry, out ulong toc)
    {
        ulong code = BinaryPrimitives.ReadUInt64BigEndian(bytes[at..]) - origin;
        toc = BinaryPrimitives.ReadUInt64BigEndian(bytes[(at + 8)..]);
        entry = (int)(uint)code;
        return code < (ulong)bytes.Length && (code & 3) == 0 && toc - origin < (ulong)bytes.Length
            && BinaryPrimitives.ReadUInt64BigEndian(bytes[(at + 16)..]) == 0;
    }
}
