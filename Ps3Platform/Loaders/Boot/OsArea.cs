using System.Buffers.Binary;

namespace Ps3Platform.Loaders.Boot;

/// <summary>The console's analogue video setting, as stored in the os-area.</summary>
public enum AvMultiOut
{
    /// <summary>NTSC.</summary>
    Ntsc = 0,

    /// <summary>PAL, RGB.</summary>
    PalRgb = 1,

    /// <summary>PAL, YCbCr.</summary>
    PalYCbCr = 2,

    /// <summary>SECAM.</summary>
    Secam = 3,
}

/// <summary>
/// The first 4 KiB of the "OtherOS flash area": header, parameters and the guests' database, in 512-byte segments
/// (boot protocol; arch/powerpc/platforms/ps3/os-area.c). It exists in flash and as lv1's copy at the top of boot memory.
/// </summary>
public sealed record OsArea
{
    /// <summary>Size of the copy that lv1 publishes as bi/boot_dat.</summary>
    public const int Bytes = 0x1000;

    private const int Segment = 512;
    private const int DatabaseSegment = 2;
    private const int LoaderSegment = 4;
    private const int Params = Segment;
    private const int Database = DatabaseSegment * Segment;
    private const uint DatabaseMagic = 0x2d64_622d; // "-db-"
    private const byte LinuxRtcDiff = (2 << 3) | 1;

    /// <summary>Seconds between 1970 and the RTC's zero as the game system set it; 0: not set.</summary>
    public long RtcDiff { get; init; }

    /// <summary>Analogue video setting.</summary>
    public AvMultiOut AvMultiOut { get; init; }

    /// <summary>True when the loader image after the os-area is gzipped.</summary>
    public bool LoaderCompressed { get; init; }

    /// <summary>Bytes of the loader image after the os-area.</summary>
    public uint LoaderSize { get; init; }

    /// <summary>rtc_diff as Linux has stored it in the database (owner 2, key 1); null when it has not.</summary>
    public long? LinuxRtcDiffEntry { get; init; }

    /// <summary>Makes the 4 KiB.</summary>
    public byte[] Write()
    {
        byte[] bytes = new byte[Bytes];
        "cell_ext_os_area"u8.CopyTo(bytes);
        U32(bytes, 0x10, 1);
        U32(bytes, 0x14, DatabaseSegment);
        U32(bytes, 0x18, LoaderSegment);
        U32(bytes, 0x20, LoaderCompressed ? 1U : 0);
        U32(bytes, 0x24, LoaderSize);

        U32(bytes, Params, 1); // boot flag: other OS
        U32(bytes, Params + 0x10, 3);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(Params + 0x20), RtcDiff);
        bytes[Params + 0x28] = (byte)AvMultiOut;
        WriteDatabase(bytes.AsSpan(Database));
        return bytes;
    }

    /// <summary>Reads an os-area, for instance from a flash image.</summary>
    /// <exception cref="ImageFormatException">It is not an os-area, or damaged.</exception>
    public static OsArea Read(ImageFile file)
    {
        var reader = new ImageReader(file.Name, file.Bytes.Span);
        if (!reader.Slice(0, 16, "os-area header").SequenceEqual("cell_ext_os_area"u8))
            throw reader.Fail(0, "There is no os-area here (\"cell_ext_os_area\"); give the OtherOS region of the flash, or leave it out for a fresh one.");
        if (reader.U32(0x10, "os-area header") < 1)
            throw reader.Fail(0x10, "The os-area's version is 0, which guests refuse; leave it out for a fresh one.");
        uint database = reader.U32(0x14, "os-area header");
        if (reader.U32(0x18, "os-area header") < database)
            throw reader.Fail(0x18, "The os-area's loader stands before its database, which guests refuse; leave it out for a fresh one.");
        byte avMultiOut = reader.U8(Params + 0x28, "os-area parameters");
        if (avMultiOut > (byte)AvMultiOut.Secam)
            throw reader.Fail(Params + 0x28, $"AV multi out setting {avMultiOut} does not exist; leave the os-area out for a fresh one.");

        return new OsArea
        {
            RtcDiff = (long)reader.U64(Params + 0x20, "os-area parameters"),
            AvMultiOut = (AvMultiOut)avMultiOut,
            LoaderCompressed = reader.U32(0x20, "os-area header") == 1,
            LoaderSize = reader.U32(0x24, "os-area header"),
            LinuxRtcDiffEntry = FindRtcDiff(reader, (ulong)database * Segment),
        };
    }

    private void WriteDatabase(Span<byte> database)
    {
        // As Linux formats an invalid one: three indexes of 57 entries, each followed by its values.
        U32(database, 0, DatabaseMagic);
        U16(database, 4, 1);
        ReadOnlySpan<ushort> indexes = [24, 57, 544, 57, 836, 57];
        for (int index = 0; index < indexes.Length; index++)
            U16(database, 8 + (index * 2), indexes[index]);
        if (LinuxRtcDiffEntry is { } rtcDiff)
        {
            database[24] = LinuxRtcDiff;
            BinaryPrimitives.WriteInt64BigEndian(database[88..], rtcDiff);
        }
    }

    private static long? FindRtcDiff(ImageReader reader, ulong database)
    {
        const string What = "os-area database";
        if (reader.U32(database, What) != DatabaseMagic)
            return null;
        ulong index = reader.U16(database + 8, What);
        ulong count = reader.U16(database + 10, What);
        for (ulong entry = 0; entry < count; entry++)
        {
            if (reader.U8(database + index + entry, What) == LinuxRtcDiff)
                return (long)reader.U64(database + index + ((count + 7) & ~7UL) + (entry * 8), What);
        }

        return null;
    }

    private static void U32(Span<byte> bytes, int offset, uint value) => BinaryPrimitives.WriteUInt32BigEndian(bytes[offset..], value);

    private static void U16(Span<byte> bytes, int offset, ushort value) => BinaryPrimitives.WriteUInt16BigEndian(bytes[offset..], value);
}
