using System.Buffers.Binary;

namespace Ps3Platform.Loaders.Flash;

/// <summary>
/// The database that guest systems share in the flash (boot-protocol.md 5; struct os_area_db of Linux's os-area.c): for each width of value
/// an index with a byte an entry, owner and key, and behind it, at a multiple of eight, the values.
/// </summary>
internal static class FlashDatabase
{
    public const int Size = 1024;

    private const int HeadSize = 24;
    private const uint Magic = 0x2d64_622d; // "-db-"
    private const string What = "os-area database";

    // Where the head names index and count.
    private static int HeadOf(int width) => width switch
    {
        8 => 8,
        4 => 12,
        _ => 16,
    };

    /// <summary>Whether guests take it for a database. Linux formats one that is none.</summary>
    public static bool IsValid(ReadOnlySpan<byte> database) =>
        BinaryPrimitives.ReadUInt32BigEndian(database) == Magic && BinaryPrimitives.ReadUInt16BigEndian(database[4..]) == 1;

    /// <summary>The value of an owner's key; null: there is none.</summary>
    /// <param name="flash">The whole flash.</param>
    /// <param name="start">Where the database is in it.</param>
    /// <param name="id">Owner and key.</param>
    /// <param name="width">Bytes of the value: 8, 4 or 2.</param>
    /// <exception cref="ImageFormatException">Index or values lie outside the database.</exception>
    public static ulong? Find(ImageFile flash, int start, byte id, int width)
    {
        if (!IsValid(flash.Bytes.Span[start..]))
            return null;
        (int index, int count, int values) = Locate(flash, start, width);
        int entry = flash.Bytes.Span.Slice(index, count).IndexOf(id);
        return entry < 0 ? null : Value(flash.Bytes.Span[(values + (entry * width))..], width);
    }

    /// <summary>Stores or removes a value, as Linux does it: the old entry is emptied, and the first empty one is used.</summary>
    /// <param name="flash">The whole flash.</param>
    /// <param name="bytes">Its bytes, to be changed.</param>
    /// <param name="start">Where the database is in it.</param>
    /// <param name="id">Owner and key.</param>
    /// <param name="width">Bytes of the value: 8, 4 or 2.</param>
    /// <param name="value">The value; null removes it.</param>
    /// <exception cref="ImageFormatException">Index or values lie outside the database, or it is full.</exception>
    public static void Set(ImageFile flash, Span<byte> bytes, int start, byte id, int width, ulong? value)
    {
        if (!IsValid(bytes[start..]))
        {
            if (value is null)
                return;
            Format(bytes.Slice(start, Size));
        }

        (int index, int count, int values) = Locate(flash, start, width);
        Span<byte> ids = bytes.Slice(index, count);
        for (int entry; (entry = ids.IndexOf(id)) >= 0;)
        {
            ids[entry] = 0;
            bytes.Slice(values + (entry * width), width).Clear();
        }

        if (value is not { } stored)
            return;
        int empty = ids.IndexOf((byte)0);
        if (empty < 0)
            throw new ImageFormatException(flash.Name, index, $"The {What} is full; remove an entry first (NAME=none).");
        ids[empty] = id;
        Span<byte> whole = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(whole, stored);
        whole[(8 - width)..].CopyTo(bytes[(values + (empty * width))..]);
    }

    private static (int Index, int Count, int Values) Locate(ImageFile flash, int start, int width)
    {
        ReadOnlySpan<byte> database = flash.Bytes.Span.Slice(start, Size);
        int head = HeadOf(width);
        int index = BinaryPrimitives.ReadUInt16BigEndian(database[head..]);
        int count = BinaryPrimitives.ReadUInt16BigEndian(database[(head + 2)..]);
        int values = index + ((count + 7) & ~7);
        return index >= HeadSize && values + (count * width) <= Size ? (start + index, count, start + values)
            : throw new ImageFormatException(
                flash.Name, start + head,
                $"An index of the {What} ({count} entries at {index}) does not lie between its head and end; "
                + "the flash is damaged, make a new one.");
    }

    private static ulong Value(ReadOnlySpan<byte> bytes, int width) => width switch
    {
        8 => BinaryPrimitives.ReadUInt64BigEndian(bytes),
        4 => BinaryPrimitives.ReadUInt32BigEndian(bytes),
        _ => BinaryPrimitives.ReadUInt16BigEndian(bytes),
    };

    // As Linux formats one (os_area_db_init): three indexes of 57 entries.
    private static void Format(Span<byte> database)
    {
        database.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(database, Magic);
        ReadOnlySpan<ushort> head = [1, 0, 24, 57, 544, 57, 836, 57];
        for (int i = 0; i < head.Length; i++)
            BinaryPrimitives.WriteUInt16BigEndian(database[(4 + (2 * i))..], head[i]);
    }
}
