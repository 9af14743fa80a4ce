using System.Buffers.Binary;
using CellPpe.Core;

namespace Ps3Platform.Loaders.Boot;

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
            throw new ImageFormatException(file.Name, bytes.Length, $"The file is too short to hold code at 0x100; {WayOut}");
        if ((ulong)bytes.Length > bootMemorySize)
            throw new ImageFormatException(file.Name, (long)bootMemorySize, $"The flat image of {bytes.Length >> 20} MiB does not fit in {bootMemorySize >> 20} MiB boot memory; raise --memory or give a smaller kernel.");
        var image = new BootImage
        {
            File = file,
            Kind = bytes.IndexOf("FreeBSD"u8) >= 0 && bytes.IndexOf("Linux version "u8) < 0 ? BootImageKind.FreeBsdLoader : BootImageKind.Flat,
            Segments = [new BootSegment("flat image", default, file.Bytes, (ulong)bytes.Length)],
            Thread0 = EntryOf(0),
            Thread1 = EntryOf(1),
            Warnings = WarnOfSize((ulong)bytes.Length),
        };
        CheckCode(file, image);
        return image;
    }

    /// <summary>Registers other than PC and MSR are undefined for the guest; its threads identify themselves by SPR CTRL.</summary>
    public static ThreadEntry EntryOf(int thread) => new(thread, new LparAddress(ResetVector), ThreadEntry.SixtyFourBit);

    public static IReadOnlyList<string> WarnOfSize(ulong size) => size <= FlashLoaderLimit
        ? []
        : [$"The flat image has {size >> 20} MiB; a console's flash loader would cut it at 16 MiB. It is loaded whole here."];

    /// <summary>
    /// A flat image has no header, so it is recognised by its contents: instructions at its entry, and either the device tree of the
    /// kernel's boot wrapper or a call of lv1, which every guest makes (FreeBSD's loader has no tree).
    /// </summary>
    private static void CheckCode(ImageFile file, BootImage image)
    {
        ReadOnlySpan<byte> bytes = file.Bytes.Span;
        ReadOnlySpan<byte> code = bytes.Slice((int)ResetVector, 4 * EntryCode.Words);
        int? wrong = code.ContainsAnyExcept(Printable) ? EntryCode.FirstNoInstruction(code) : 0;
        if (wrong is { } index)
        {
            uint word = BinaryPrimitives.ReadUInt32BigEndian(code[(4 * index)..]);
            throw new ImageFormatException(file.Name, ResetVector + (4 * index),
                $"This is not ELF, gzip or xz, and the word 0x{word:x8} where a flat image has its entry (0x100) is no PowerPC instruction; {WayOut}");
        }

        if (!EntryCode.FindsHypercall(bytes) && EmbeddedTree.Find(image) is null)
        {
            throw new ImageFormatException(file.Name, ResetVector,
                $"This is not ELF, gzip or xz, and no flat image for a PS3: it holds neither a device tree for \"sony,ps3\" nor a call of lv1 (li 11,n; sc 1); {WayOut}");
        }
    }

    private const string WayOut = "give a vmlinux, dtbImage.ps3 or otheros.bld.";

    private static readonly System.Buffers.SearchValues<byte> Printable =
        System.Buffers.SearchValues.Create([9, 10, 13, .. Enumerable.Range(32, 95).Select(value => (byte)value)]);
}
