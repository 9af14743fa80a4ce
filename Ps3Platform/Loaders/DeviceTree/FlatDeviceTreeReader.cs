namespace Ps3Platform.Loaders.DeviceTree;

/// <summary>Reads a flat tree that may be damaged or malicious.</summary>
internal ref struct FlatDeviceTreeReader
{
    // Trees of real machines are a few levels deep and some thousand nodes large.
    private const int MaximumDepth = 32;
    private const int MaximumItems = 65536;
    private const int MaximumName = 256;
    private const int MaximumReservations = 1024;

    // Bounds the search for doubled names, which is quadratic in a node's properties.
    private const int MaximumProperties = 512;

    private readonly ImageFile _file;
    private readonly ImageReader _reader;
    private readonly ulong _strings;
    private readonly ulong _stringsEnd;
    private readonly ulong _structureEnd;
    private ulong _position;
    private int _items;

    private FlatDeviceTreeReader(ImageFile tree, ulong structure, ulong structureEnd, ulong strings, ulong stringsEnd)
    {
        _file = tree;
        _reader = new ImageReader(tree.Name, tree.Bytes.Span);
        _position = structure;
        _structureEnd = structureEnd;
        _strings = strings;
        _stringsEnd = stringsEnd;
    }

    public static DeviceTreeDocument Read(ImageFile file)
    {
        const string What = "device tree header";
        var whole = new ImageReader(file.Name, file.Bytes.Span);
        if (whole.U32(0, What) != FlatTreeFormat.Magic)
            throw whole.Fail(0, "This is no flat device tree (magic d00dfeed); compile the .dts with 'dtc -O dtb'.");
        uint total = whole.U32(4, What);
        if (total < FlatTreeFormat.HeaderBytes)
            throw whole.Fail(4, $"The device tree states a size of {total} bytes, less than its header; it is damaged, compile it again.");
        whole.Slice(0, total, "device tree");
        uint version = whole.U32(20, What);
        uint oldest = whole.U32(24, What);
        if (version < FlatTreeFormat.OldestReader || oldest > FlatTreeFormat.Version)
            throw whole.Fail(20, $"Device tree version {version} is not understood; compile it with 'dtc -V 17'.");

        // Cut to the stated size, so that nothing beyond it is read.
        var tree = file with { Bytes = file.Bytes[..(int)total] };
        var reader = new ImageReader(tree.Name, tree.Bytes.Span);
        ulong structure = reader.U32(8, What);
        ulong strings = reader.U32(12, What);
        ulong stringsSize = reader.U32(32, What);
        // Version 16 has no size_dt_struct.
        ulong structureSize = version >= 17 ? reader.U32(36, What) : total - Math.Min(structure, total);
        reader.Slice(structure, structureSize, "structure block");
        reader.Slice(strings, stringsSize, "strings block");
        if (structure % 4 != 0)
            throw reader.Fail(8, "The structure block is not aligned to 4 bytes; the tree is damaged, compile it again.");

        List<DeviceTreeReservation> reservations = ReadReservations(reader, reader.U32(16, What));
        var nodes = new FlatDeviceTreeReader(tree, structure, structure + structureSize, strings, strings + stringsSize);
        return new DeviceTreeDocument(nodes.ReadRoot(), reservations, reader.U32(28, What));
    }

    private static List<DeviceTreeReservation> ReadReservations(ImageReader reader, ulong at)
    {
        var reservations = new List<DeviceTreeReservation>();
        while (true)
        {
            ulong address = reader.U64(at, "reservation block");
            ulong size = reader.U64(at + 8, "reservation block");
            if (address == 0 && size == 0)
                return reservations;
            if (reservations.Count == MaximumReservations)
                throw reader.Fail(at, $"The tree reserves more than {MaximumReservations} ranges; it is damaged, compile it again.");
            reservations.Add(new DeviceTreeReservation(address, size));
            at += 16;
        }
    }

    private DeviceTreeNode ReadRoot()
    {
        if (NextToken() != FlatTreeFormat.BeginNode)
            throw _reader.Fail(_position - 4, "The structure block does not begin with a node; the tree is damaged, compile it again.");
        var open = new Stack<DeviceTreeNode>();
        DeviceTreeNode root = ReadNodeStart();
        open.Push(root);
        while (open.Count > 0)
        {
            ulong at = _position;
            switch (NextToken())
            {
                case FlatTreeFormat.BeginNode:
                    if (open.Count >= MaximumDepth)
                        throw _reader.Fail(at, $"The tree is deeper than {MaximumDepth} nodes; it is damaged, compile it again.");
                    open.Push(open.Peek().AddChild(ReadNodeStart()));
                    break;
                case FlatTreeFormat.EndNode:
                    open.Pop();
                    break;
                case FlatTreeFormat.Property:
                    ReadProperty(open.Peek(), at);
                    break;
                case uint other:
                    throw _reader.Fail(at, $"Token 0x{other:x} has no place inside a node; the tree is damaged, compile it again.");
            }
        }

        if (NextToken() != FlatTreeFormat.End)
            throw _reader.Fail(_position - 4, "Something follows the root node; the tree is damaged, compile it again.");
        return root;
    }

    private DeviceTreeNode ReadNodeStart()
    {
        CountItem();
        string name = _reader.ZeroTerminated(_position, MaximumName, "node name");
        Advance((ulong)name.Length + 1);
        return new DeviceTreeNode(name);
    }

    private void ReadProperty(DeviceTreeNode node, ulong at)
    {
        CountItem();
        ulong length = Cell();
        ulong name = _strings + Cell();
        if (name >= _stringsEnd)
            throw _reader.Fail(at, "A property's name lies outside the strings block; the tree is damaged, compile it again.");
        string propertyName = _reader.ZeroTerminated(name, MaximumName, "property name");
        if (length > _structureEnd - _position)
            throw _reader.Fail(at, $"Property {propertyName} of 0x{length:x} bytes reaches beyond the structure block; the tree is damaged, compile it again.");
        if (node.Properties.Count >= MaximumProperties)
            throw _reader.Fail(at, $"A node has more than {MaximumProperties} properties; the tree is damaged, compile it again.");
        if (node.Find(propertyName) is not null)
            throw _reader.Fail(at, $"Property {propertyName} stands twice in one node; the tree is damaged, compile it again.");
        node.Set(propertyName, _file.Bytes.Slice((int)_position, (int)length));
        Advance(length);
    }

    private uint NextToken()
    {
        uint token;
        do
            token = Cell();
        while (token == FlatTreeFormat.Nop);
        return token;
    }

    private uint Cell()
    {
        if (_position + 4 > _structureEnd)
            throw _reader.Fail(_position, "The structure block ends inside a node; the tree is truncated, compile it again.");
        uint value = _reader.U32(_position, "structure block");
        _position += 4;
        return value;
    }

    private void Advance(ulong bytes) => _position += (bytes + 3) & ~3UL;

    private void CountItem()
    {
        if (++_items > MaximumItems)
            throw _reader.Fail(_position, $"The tree has more than {MaximumItems} nodes and properties; it is damaged, compile it again.");
    }
}
