using System.Buffers.Binary;

using Ps3Platform.Loaders.Boot;

namespace Ps3Platform.Loaders.Flash;

/// <summary>
/// The flash's region that an OtherOS may use: the os-area with header, the console's parameters and the guests' database, and behind them
/// the boot image (boot-protocol.md 5). What is not understood is kept as it is.
/// </summary>
public sealed class FlashImage
{
    /// <summary>Bytes of the region.</summary>
    public const int Size = 4 << 20;

    /// <summary>Where the boot flag stands.</summary>
    public const int BootFlagOffset = Parameters;

    /// <summary>Where the size of the boot image stands.</summary>
    public const int LoaderSizeOffset = 0x24;

    private const int Segment = 512;
    private const int Parameters = Segment;
    private const int DatabaseOffset = 0x14;
    private const int LoaderOffset = 0x18;
    private const int LoaderFormatOffset = 0x20;
    private const string Header = "os-area header";

    private readonly byte[] _bytes;

    private FlashImage(string name, byte[] bytes)
    {
        File = new ImageFile(name, bytes);
        _bytes = bytes;
    }

    /// <summary>Name and bytes as they are now.</summary>
    public ImageFile File { get; }

    /// <summary>The console starts the image in the flash, and not its own system.</summary>
    public bool StartsOtherOs => U32(BootFlagOffset) == 1;

    /// <summary>The boot image, as it is stored; null: there is none.</summary>
    public ImageFile? BootImage => U32(LoaderSizeOffset) is var size and > 0
        ? new ImageFile($"{File.Name} (boot image)", File.Bytes.Slice(LoaderStart, (int)size)) : null;

    /// <summary>The header says that the boot image is packed with gzip.</summary>
    public bool IsBootImagePacked => U32(LoaderFormatOffset) == 1;

    /// <summary>Bytes that a boot image may have.</summary>
    public int Room => Size - LoaderStart;

    private int DatabaseStart => (int)(U32(DatabaseOffset) * Segment);

    private int LoaderStart => (int)(U32(LoaderOffset) * Segment);

    /// <summary>A flash as a console has it on which OtherOS was chosen and nothing is installed.</summary>
    public static FlashImage Make(string name)
    {
        byte[] bytes = new byte[Size];
        new OsArea { RtcDiff = OsAreaFields.Year2000 }.Write().CopyTo(bytes, 0);
        return new FlashImage(name, bytes);
    }

    /// <summary>Checks the size of a file before it is read.</summary>
    /// <exception cref="ImageFormatException">It is not <see cref="Size"/>.</exception>
    public static void CheckLength(string name, long length)
    {
        if (length == Size)
            return;
        throw new ImageFormatException(
            name, Math.Min(length, Size), $"It has {length} bytes, and the flash's accessible region {Size}; "
            + "give the region alone, not the whole flash of a console, or a name that does not exist, for a new one.");
    }

    /// <summary>Reads a flash and checks it.</summary>
    /// <exception cref="ImageFormatException">It has another size, or its os-area is none that a guest would take.</exception>
    public static FlashImage Read(ImageFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        Check(file);
        return new FlashImage(file.Name, file.Bytes.ToArray());
    }

    /// <summary>As <see cref="Read"/>, without a copy: changes go into the bytes that are given.</summary>
    internal static FlashImage Over(string name, byte[] bytes)
    {
        Check(new ImageFile(name, bytes));
        return new FlashImage(name, bytes);
    }

    /// <summary>Puts a boot image in, or takes it out.</summary>
    /// <param name="image">A flat image or ELF file, as it is or packed with gzip; null: none.</param>
    /// <exception cref="ImageFormatException">It does not fit or is packed otherwise; nothing is changed.</exception>
    public void SetBootImage(ImageFile? image)
    {
        ReadOnlySpan<byte> bytes = image is null ? default : image.Bytes.Span;
        if (image is not null && bytes.IsEmpty)
            throw new ImageFormatException(image.Name, 0, "It is empty; give a kernel, or image=none to take the one there is out.");
        if (bytes.Length > Room)
            throw new ImageFormatException(
                image!.Name, Room, $"It has {bytes.Length} bytes, and there is room for {Room}; pack it with gzip -9, or give another.");
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z']))
            throw new ImageFormatException(
                image!.Name, 0, "It is packed with xz, which a console's loader does not read; unpack it and pack it with gzip -9.");
        Span<byte> room = _bytes.AsSpan(LoaderStart);
        bytes.CopyTo(room);
        room[bytes.Length..].Clear();
        SetU32(LoaderFormatOffset, bytes.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]) ? 1U : 0);
        SetU32(LoaderSizeOffset, (uint)bytes.Length);
    }

    /// <summary>Bytes of a field of the parameters.</summary>
    internal Span<byte> Parameter(int offset, int length) => _bytes.AsSpan(Parameters + offset, length);

    /// <inheritdoc cref="FlashDatabase.Find"/>
    internal ulong? Find(byte id, int width) => FlashDatabase.Find(File, DatabaseStart, id, width);

    /// <inheritdoc cref="FlashDatabase.Set"/>
    internal void Set(byte id, int width, ulong? value) => FlashDatabase.Set(File, _bytes, DatabaseStart, id, width, value);

    private static void Check(ImageFile file)
    {
        var reader = new ImageReader(file.Name, file.Bytes.Span);
        CheckLength(file.Name, reader.Length);

        const string Way = "give another flash, or a name that does not exist, for a new one.";
        if (!reader.Slice(0, 16, Header).SequenceEqual("cell_ext_os_area"u8))
            throw reader.Fail(0, $"There is no os-area here (\"cell_ext_os_area\"); {Way}");
        if (reader.U32(0x10, Header) < 1)
            throw reader.Fail(0x10, $"The os-area's version is 0, which guests refuse; {Way}");
        ulong database = (ulong)reader.U32(DatabaseOffset, Header) * Segment;
        ulong loader = (ulong)reader.U32(LoaderOffset, Header) * Segment;
        ulong size = reader.U32(LoaderSizeOffset, Header);
        if (database < 2 * Segment || database > OsArea.Bytes - FlashDatabase.Size)
            throw reader.Fail(
                DatabaseOffset, $"The os-area's database begins at 0x{database:x}, not between parameters and 0x{OsArea.Bytes:x}; {Way}");
        if (loader < database + FlashDatabase.Size || loader > Size || size > Size - loader)
            throw reader.Fail(
                LoaderOffset, $"The boot image (0x{size:x} bytes at 0x{loader:x}) does not lie between database and end; {Way}");
        if (reader.U32(LoaderFormatOffset, Header) > 1)
            throw reader.Fail(LoaderFormatOffset, $"The boot image's format is neither 0 (as it is) nor 1 (gzip); {Way}");
    }

    private uint U32(int offset) => BinaryPrimitives.ReadUInt32BigEndian(_bytes.AsSpan(offset));

    private void SetU32(int offset, uint value) => BinaryPrimitives.WriteUInt32BigEndian(_bytes.AsSpan(offset), value);
}
