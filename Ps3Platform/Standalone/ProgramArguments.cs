using System.Buffers.Binary;
using System.Text;

using Ps3Platform.Loaders.Elf;

namespace Ps3Platform.Standalone;

/// <summary>
/// A program's arguments for the start-up code of -mstdmain: pointers and strings in one block, which that code transfers by DMA to the
/// top of local store. Its stack begins below the block.
/// </summary>
internal sealed class ProgramArguments
{
    /// <summary>The maximum of bytes in one DMA command.</summary>
    public const int MostBytes = 0x4000;

    private const int PointerSize = 4;
    private const uint Line = 128;

    public ProgramArguments(IReadOnlyList<string> arguments)
    {
        byte[][] strings = [.. arguments.Select(static argument => Encoding.UTF8.GetBytes(argument + "\0"))];
        int pointers = (arguments.Count + 1) * PointerSize;
        // A DMA command transfers multiples of 16 bytes.
        int size = (pointers + strings.Sum(static text => text.Length) + 15) & ~15;
        if (size > MostBytes)
            throw new ArgumentException($"The arguments need {size} bytes, more than the {MostBytes} that the start-up code fetches.", nameof(arguments));
        Count = arguments.Count;
        Block = new byte[size];
        LocalStoreAddress = (SpuProgram.LocalStoreSize - (uint)size) & ~(Line - 1);
        int at = pointers;
        for (int index = 0; index < strings.Length; index++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(Block.AsSpan(index * PointerSize), LocalStoreAddress + (uint)at);
            strings[index].CopyTo(Block, at);
            at += strings[index].Length;
        }
    }

    public int Count { get; }

    public byte[] Block { get; }

    public uint LocalStoreAddress { get; }
}
