using System.Buffers.Binary;
using System.Text;

using Ps3Platform.Machine.KernelLog;

namespace Machine.Tests;

/// <summary>A kernel's memory as a byte array of the test.</summary>
internal sealed class FakeKernel(int size) : IKernelMemory
{
    public const ulong Start = 0xc000_0000_0000_0000;

    public byte[] Bytes { get; } = new byte[size];

    public ulong ImageAddress => Start;

    public ReadOnlySpan<byte> Image => Bytes;

    public bool TryRead(ulong address, Span<byte> destination)
    {
        ulong offset = address - Start;
        if (address < Start || offset > (ulong)Bytes.Length || (ulong)destination.Length > (ulong)Bytes.Length - offset)
            return false;
        Bytes.AsSpan((int)offset, destination.Length).CopyTo(destination);
        return true;
    }

    public void Put64(int offset, ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Bytes.AsSpan(offset), value);

    public void Put32(int offset, uint value) => BinaryPrimitives.WriteUInt32BigEndian(Bytes.AsSpan(offset), value);

    public void Put16(int offset, int value) => BinaryPrimitives.WriteUInt16BigEndian(Bytes.AsSpan(offset), (ushort)value);

    public void PutText(int offset, string text) => Encoding.UTF8.GetBytes(text).CopyTo(Bytes, offset);
}
