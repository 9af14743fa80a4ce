using System.Buffers.Binary;
using System.Text;

namespace Loaders.Tests;

/// <summary>Writes small big-endian ELF files: program headers, and optionally a symbol table.</summary>
internal sealed class TestElf(bool is64)
{
    private readonly List<(ulong Virtual, ulong Physical, byte[] Bytes, ulong MemorySize)> _segments = [];
    private readonly List<(string Name, ulong Address, ulong Size)> _symbols = [];

    public ulong Entry { get; set; }

    public TestElf Segment(ulong virtualAddress, ulong physicalAddress, byte[] bytes, ulong? memorySize = null)
    {
        _segments.Add((virtualAddress, physicalAddress, bytes, memorySize ?? (ulong)bytes.Length));
        return this;
    }

    public TestElf Symbol(string name, ulong address, ulong size = 0)
    {
        _symbols.Add((name, address, size));
        return this;
    }

    public byte[] Build()
    {
        var output = new BigEndianWriter();
        int header = is64 ? 64 : 52;
        int programHeader = is64 ? 56 : 32;
        int data = header + (programHeader * _segments.Count);
        int symbols = data + _segments.Sum(segment => segment.Bytes.Length);
        byte[] strings = Encoding.ASCII.GetBytes("\0" + string.Concat(_symbols.Select(symbol => symbol.Name + "\0")));
        int symbolBytes = (_symbols.Count + 1) * (is64 ? 24 : 16);
        byte[] names = Encoding.ASCII.GetBytes("\0.symtab\0.strtab\0.shstrtab\0");
        int sections = symbols + symbolBytes + strings.Length + names.Length;

        output.Raw([0x7f, (byte)'E', (byte)'L', (byte)'F', is64 ? (byte)2 : (byte)1, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        output.U16(2).U16(is64 ? 21 : 20).U32(1).Word(is64, Entry).Word(is64, (ulong)header).Word(is64, (ulong)sections);
        output.U32(0).U16(header).U16(programHeader).U16(_segments.Count).U16(is64 ? 64 : 40).U16(4).U16(3);
        int offset = data;
        foreach ((ulong virtualAddress, ulong physicalAddress, byte[] bytes, ulong memorySize) in _segments)
        {
            output.U32(1);
            if (is64)
                output.U32(7);
            output.Word(is64, (ulong)offset).Word(is64, virtualAddress).Word(is64, physicalAddress).Word(is64, (ulong)bytes.Length).Word(is64, memorySize);
            if (!is64)
                output.U32(7);
            output.Word(is64, 16);
            offset += bytes.Length;
        }

        foreach ((_, _, byte[] bytes, _) in _segments)
            output.Raw(bytes);
        WriteSymbols(output);
        output.Raw(strings).Raw(names);
        Section(output, 0, 0, 0, 0, 0, 0);
        Section(output, 1, 2, symbols, symbolBytes, 2, is64 ? 24 : 16);
        Section(output, 9, 3, symbols + symbolBytes, strings.Length, 0, 0);
        Section(output, 17, 3, symbols + symbolBytes + strings.Length, names.Length, 0, 0);
        return output.ToArray();
    }

    private void WriteSymbols(BigEndianWriter output)
    {
        output.Raw(new byte[is64 ? 24 : 16]);
        uint name = 1;
        foreach ((string text, ulong address, ulong size) in _symbols)
        {
            output.U32(name);
            if (is64)
                output.Raw([0x12, 0]).U16(1).U64(address).U64(size);
            else
                output.U32((uint)address).U32((uint)size).Raw([0x12, 0]).U16(1);
            name += (uint)text.Length + 1;
        }
    }

    private void Section(BigEndianWriter output, uint name, uint type, int offset, int size, uint link, int entrySize)
    {
        output.U32(name).U32(type).Word(is64, 0).Word(is64, 0).Word(is64, (ulong)offset).Word(is64, (ulong)size);
        output.U32(link).U32(0).Word(is64, 1).Word(is64, (ulong)entrySize);
    }
}

/// <summary>Appends big-endian numbers.</summary>
internal sealed class BigEndianWriter
{
    private readonly List<byte> _bytes = [];

    public BigEndianWriter Raw(byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public BigEndianWriter U16(int value) => Raw([(byte)(value >> 8), (byte)value]);

    public BigEndianWriter U32(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return Raw(bytes);
    }

    public BigEndianWriter U64(ulong value) => U32((uint)(value >> 32)).U32((uint)value);

    public BigEndianWriter Word(bool is64, ulong value) => is64 ? U64(value) : U32((uint)value);

    public byte[] ToArray() => [.. _bytes];
}
