using Ps3Platform.Loaders.Elf;

namespace Ps3Platform.Machine.Profiling;

/// <summary>Finds functions by address, from a symbol table. A search does not allocate.</summary>
internal sealed class FunctionNames
{
    private const byte DataObject = 1;
    private const byte Function = 2;

    // Symbols of a System.map and of assembly code have no sizes. Such a symbol extends to the next one, but at most this far.
    private const ulong LongestUnsized = 64 << 10;

    private readonly ulong[] _starts;
    private readonly ulong[] _ends;
    private readonly string[] _names;

    public FunctionNames(IEnumerable<SymbolTable> tables)
    {
        // Functions come before labels at the same address. The stable sort keeps that order, and the first symbol of an address is used.
        ElfSymbol[] symbols =
        [
            .. tables.SelectMany(static table => table.All).Where(static symbol => symbol.Type != DataObject && !symbol.Name.StartsWith(".L", StringComparison.Ordinal))
                .OrderBy(static symbol => symbol.Address).ThenBy(static symbol => symbol.Type == Function ? 0 : 1).ThenByDescending(static symbol => symbol.Size)
                .DistinctBy(static symbol => symbol.Address),
        ];
        _starts = [.. symbols.Select(static symbol => symbol.Address)];
        _names = [.. symbols.Select(static symbol => symbol.Name.TrimStart('.'))];
        _ends = new ulong[symbols.Length];
        for (int index = 0; index < symbols.Length; index++)
        {
            ulong longest = symbols[index].Size != 0 ? symbols[index].Size : LongestUnsized;
            ulong room = index + 1 < symbols.Length ? symbols[index + 1].Address - symbols[index].Address : longest;
            ulong end = symbols[index].Address + Math.Min(longest, room);
            _ends[index] = end < symbols[index].Address ? ulong.MaxValue : end;
        }
    }

    public int Count => _starts.Length;

    public string Name(int index) => _names[index];

    /// <summary>The number of the function that contains an address, or -1.</summary>
    public int Find(ulong address)
    {
        int at = Array.BinarySearch(_starts, address);
        int index = at >= 0 ? at : ~at - 1;
        return index >= 0 && address < _ends[index] ? index : -1;
    }
}
