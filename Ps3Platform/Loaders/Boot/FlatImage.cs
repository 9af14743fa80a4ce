using System.Buffers.Binary;
using CellPpe.Core;

namespace Ps3Platform.Loaders;

/// <summary>A flat binary: placed at partition address 0, both threads enter at the system reset vector.</summary>
internal static class FlatImage
{
    /// <summary>The console's flash loader silently drops what lies beyond (comment in arch/powerpc/boot/wrapper).</summary>
    public const int FlashLoaderLimit = 16 << 20;

    public const uint ResetVector = 0x100;
    public const int ResetVectorBytes = 512;

    public static BootImage Read(ImageFile file, ulong bootMemorySize)
    {
        ReadOnlySpan<byte> bytes = file.Bytes.Span;
        if (bytes.Length < ResetVector + 32)
            throw new ImageFormatException(file.Name, bytes.Length, "The file is too short to hold code at 0x100; give a vmlinux, dtbImage.ps3 or otheros.bld.");
        if ((ulong)bytes.Length > bootMemorySize)
            throw new ImageFormatException(file.Name, (long)bootMemorySize, $"The flat image of {bytes.Length >> 20} MiB does not fit in {bootMemorySize >> 20} MiB boot memory; raise --memory or give a smaller kernel.");
        CheckCode(file, bytes);

        return new BootImage
        {
            File = file,
            Kind = bytes.IndexOf("FreeBSD"u8) >= 0 && bytes.IndexOf("Linux version "u8) < 0 ? BootImageKind.FreeBsdLoader : BootImageKind.Flat,
            Segments = [new BootSegment("flat image", default, file.Bytes, (ulong)bytes.Length)],
            Thread0 = EntryOf(0),
            Thread1 = EntryOf(1),
            Warnings = WarnOfSize((ulong)bytes.Length),
        };
    }

    /// <summary>Registers other than PC and MSR are undefined for the guest; the threads tell themselves apart by SPR CTRL.</summary>
    public static ThreadEntry EntryOf(int thread) => new(thread, new LparAddress(ResetVector), ThreadEntry.SixtyFourBit);

    public static IReadOnlyList<string> WarnOfSize(ulong size) => size <= FlashLoaderLimit
        ? []
        : [$"The flat image has {size >> 20} MiB; a console's flash loader would cut it at 16 MiB. It is loaded whole here."];

    /// <summary>
    /// Nothing marks a flat image, so the first instructions at 0x100 must look like instructions: a primary opcode that
    /// exists (Book I, Appendix "Opcode Maps") in each word up to the first branch, and not just text.
    /// </summary>
    private static void CheckCode(ImageFile file, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> code = bytes.Slice((int)ResetVector, 32);
        bool isText = !code.ContainsAnyExcept(Printable);
        for (int offset = 0; offset < code.Length; offset += 4)
        {
            uint word = BinaryPrimitives.ReadUInt32BigEndian(code[offset..]);
            uint primary = word.Bits(0, 5);
            if (isText || !Exists(primary))
            {
                throw new ImageFormatException(file.Name, ResetVector + offset,
                    $"This is not ELF, gzip or xz, and the word 0x{word:x8} where a flat image has its entry (0x100) is no PowerPC instruction; give a vmlinux, dtbImage.ps3 or otheros.bld.");
            }

            if (primary == 18)
                return;
        }
    }

    // 0, 5, 6, 9, 22, 57, 60, 61 and 1 are unassigned in Book I 2.02; 2 is tdi, 4 AltiVec, 56 lq.
    private static bool Exists(uint primary) => primary is not (0 or 1 or 5 or 6 or 9 or 22 or 57 or 60 or 61);

    private static readonly System.Buffers.SearchValues<byte> Printable =
        System.Buffers.SearchValues.Create([9, 10, 13, .. Enumerable.Range(32, 95).Select(value => (byte)value)]);
}
