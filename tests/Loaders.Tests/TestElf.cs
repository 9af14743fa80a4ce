using System.Buffers.Binary;
using System.Text;

namespace Loaders.Tests;

/// <summary>Writes small big-endian ELF files: program headers, and optionally a symbol table.</summary>
internal sealed class TestElf(bool is64)
{
    private readonly List<(ulong Virtual, ulong Physical, byte[] Bytes, ulong MemorySize, uint Type, uint Flags)> _segments = [];
    private readonly List<(string Name, ulong Address, ulong Size)> _symbols = [];
    private readonly List<(string Name, uint Type, ulong Offset, ulong Size)> _sections = [];

    private (ulong Address, ulong Size)? _descriptors;

    public ulong Entry { get; set; }

    /// <summary>e_type: 2 executable, 3 position-independent.</summary>
    public int Type { get; set; } = 2;

    /// <summary>e_flags: on 64-bit PowerPC the ABI, 1 or 2.</summary>
    public uint Flags { get; set; }

    /// <summary>Name of the section with the symbols' names, which the symbol table finds by its number (sh_link).</summary>
    public string SymbolNames { get; set; } = ".strtab";

    /// <summary>Adds a program header; PT_LOAD (1) with all rights if nothing else is said.</summary>
    public TestElf Segment(ulong virtualAddress, ulong physicalAddress, byte[] bytes, ulong? memorySize = null, uint type = 1, uint flags = 7)
    {
        _segments.Add((virtualAddress, physicalAddress, bytes, memorySize ?? (ulong)bytes.Length, type, flags));
        return this;
    }

    /// <summary>Adds a section header ".opd" for function descriptors in a segment.</summary>
    public TestElf Descriptors(ulong virtualAddress, ulong size)
    {
        _descriptors = (virtualAddress, size);
        return this;
    }

    /// <summary>Adds a section header after all others, which may be invalid.</summary>
    public TestElf Section(string name, uint type, ulong offset, ulong size)
    {
        _sections.Add((name, type, offset, size));
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
        string[] sectionNames = ["", ".symtab", SymbolNames, ".shstrtab", ".opd", .. _sections.Select(section => section.Name)];
        byte[] names = Encoding.ASCII.GetBytes(string.Concat(sectionNames.Select(name => name + "\0")));
        int NameAt(int index) => sectionNames.Take(index).Sum(name => name.Length + 1);
        int sections = symbols + symbolBytes + strings.Length + names.Length;

        output.Raw([0x7f, (byte)'E', (byte)'L', (byte)'F', is64 ? (byte)2 : (byte)1, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        output.U16(Type).U16(is64 ? 21 : 20).U32(1).Word(is64, Entry).Word(is64, (ulong)header).Word(is64, (ulong)sections);
        output.U32(Flags).U16(header).U16(programHeader).U16(_segments.Count).U16(is64 ? 64 : 40)
            .U16((_descriptors is null ? 4 : 5) + _sections.Count).U16(3);
        int offset = data;
        foreach ((ulong virtualAddress, ulong physicalAddress, byte[] bytes, ulong memorySize, uint type, uint flags) in _segments)
        {
            output.U32(type);
            if (is64)
                output.U32(flags);
            output.Word(is64, (ulong)offset).Word(is64, virtualAddress).Word(is64, physicalAddress).Word(is64, (ulong)bytes.Length).Word(is64, memorySize);
            if (!is64)
                output.U32(flags);
            output.Word(is64, 16);
            offset += bytes.Length;
        }

        foreach ((_, _, byte[] bytes, _, _, _) in _segments)
            output.Raw(bytes);
        WriteSymbols(output);
        output.Raw(strings).Raw(names);
        Section(output, 0, 0, 0, 0, 0, 0);
        Section(output, NameAt(1), 2, (ulong)symbols, (ulong)symbolBytes, 2, is64 ? 24 : 16);
        Section(output, NameAt(2), 3, (ulong)(symbols + symbolBytes), (ulong)strings.Length, 0, 0);
        Section(output, NameAt(3), 3, (ulong)(symbols + symbolBytes + strings.Length), (ulong)names.Length, 0, 0);
        if (_descriptors is { } descriptors)
            Section(output, NameAt(4), 1, (ulong)(data + OffsetOf(descriptors.Address)), descriptors.Size, 0, 0, descriptors.Address);
        for (int index = 0; index < _sections.Count; index++)
            Section(output, NameAt(5 + index), _sections[index].Type, _sections[index].Offset, _sections[index].Size, 0, 0);
        return output.ToArray();
    }

    // Offset of the byte for a virtual address, after the program headers.
    private int OffsetOf(ulong address)
    {
        int offset = 0;
        foreach ((ulong virtualAddress, _, byte[] bytes, _, _, _) in _segments)
        {
            if (address - virtualAddress < (ulong)bytes.Length)
                return offset + (int)(address - virtualAddress);
            offset += bytes.Length;
        }

        throw new ArgumentOutOfRangeException(nameof(address));
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

    private void Section(BigEndianWriter output, int name, uint type, ulong offset, ulong size, uint link, int entrySize, ulong address = 0)
    {
        output.U32((uint)name).U32(type).Word(is64, 0).Word(is64, address).Word(is64, offset).Word(is64, size);
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
