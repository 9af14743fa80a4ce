using System.Buffers.Binary;
using System.Text;

using SpuRuntime.State;

namespace Ps3Platform.Standalone.Assist.Protocol;

/// <summary>
/// A call-back as an SPU program makes it: parameters are quadwords of a block in local store, each in its preferred slot, and the
/// results overwrite the first (firmware-stubs/spe/README.md). Addresses wrap around at the end of local store, as on the SPU.
/// </summary>
internal readonly ref struct AssistCall(Span<byte> localStore, uint block)
{
    private const uint AddressMask = SpuState.LocalStoreSize - 1;
    private const int LongestText = SpuState.LocalStoreSize;

    private readonly Span<byte> _localStore = localStore;

    public uint Word(int parameter) => ReadWord(block + (16 * (uint)parameter));

    public int Int(int parameter) => (int)Word(parameter);

    public ulong DoubleWord(int parameter) => ReadDoubleWord(block + (16 * (uint)parameter));

    /// <summary>A buffer of the program, cut off at the end of local store.</summary>
    public Span<byte> Buffer(uint address, ulong length)
    {
        Span<byte> rest = _localStore[(int)(address & AddressMask)..];
        return rest[..(int)Math.Min(length, (ulong)rest.Length)];
    }

    /// <summary>The bytes of a string, without its zero.</summary>
    public ReadOnlySpan<byte> Text(uint address)
    {
        ReadOnlySpan<byte> rest = Buffer(address, LongestText);
        int end = rest.IndexOf((byte)0);
        return end < 0 ? rest : rest[..end];
    }

    /// <summary>A string that names a file of the host.</summary>
    public string FileName(uint address) => Encoding.UTF8.GetString(Text(address));

    public uint ReadWord(uint address) => BinaryPrimitives.ReadUInt32BigEndian(_localStore[(int)(address & AddressMask & ~3u)..]);

    public ulong ReadDoubleWord(uint address) => BinaryPrimitives.ReadUInt64BigEndian(_localStore[(int)(address & AddressMask & ~7u)..]);

    public void WriteByte(uint address, byte value) => _localStore[(int)(address & AddressMask)] = value;

    public void WriteHalfword(uint address, ushort value) => BinaryPrimitives.WriteUInt16BigEndian(_localStore[(int)(address & AddressMask & ~1u)..], value);

    public void WriteWord(uint address, uint value) => BinaryPrimitives.WriteUInt32BigEndian(_localStore[(int)(address & AddressMask & ~3u)..], value);

    public void WriteDoubleWord(uint address, ulong value) => BinaryPrimitives.WriteUInt64BigEndian(_localStore[(int)(address & AddressMask & ~7u)..], value);

    /// <summary>Returns one word, and errno; 0 leaves the program's errno unchanged.</summary>
    public void Return(int value, int error = 0) => Return((uint)value, 0, error);

    /// <summary>Returns two words, and errno.</summary>
    public void Return(uint first, uint second, int error)
    {
        WriteWord(block, first);
        WriteWord(block + 4, second);
        WriteWord(block + 8, 0);
        WriteWord(block + 12, (uint)error);
    }
}
