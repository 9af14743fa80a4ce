using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

using SpuRuntime.Engine;
using SpuRuntime.Execution;
using SpuRuntime.Execution.Regions;
using SpuRuntime.Isa;
using SpuRuntime.State;
using SpuRuntime.Tests.Vectors;

namespace SpuRuntime.Tests;

/// <summary>A core with a local store and channels of its own.</summary>
internal sealed unsafe class TestSpu : IDisposable
{
    private readonly byte* _localStore = (byte*)NativeMemory.AlignedAlloc(SpuState.LocalStoreSize, 128);

    public TestSpu(ISpuChannels? channels = null, bool optionalInstructions = false, SpuCodeCache? code = null)
    {
        LocalStore.Clear();
        Channels = channels ?? new PlainChannels();
        Core = new SpuCore(_localStore, Channels, optionalInstructions, code);
    }

    public SpuCore Core { get; }

    public ISpuChannels Channels { get; }

    public Span<byte> LocalStore => new(_localStore, SpuState.LocalStoreSize);

    public ref SpuState State => ref Core.State;

    /// <summary>Writes a program as the PPE would, and goes to its first instruction.</summary>
    public TestSpu Load(string lines, uint address = 0)
    {
        Write(lines, address);
        State.Pc = address;
        return this;
    }

    /// <summary>Writes instructions as the PPE would.</summary>
    public void Write(string lines, uint address)
    {
        foreach (uint word in SpuAssembler.AssembleLines(lines, address))
        {
            SetWord(address, word);
            address += 4;
        }
    }

    public void SetWord(uint address, uint word) => BinaryPrimitives.WriteUInt32BigEndian(LocalStore[(int)address..], word);

    public uint GetWord(uint address) => BinaryPrimitives.ReadUInt32BigEndian(LocalStore[(int)address..]);

    /// <summary>The preferred word of a register.</summary>
    public uint Word(int register, int slot = 0) => State.Registers[register].AsUInt32().GetElement(3 - slot);

    public void SetWords(int register, uint word) => State.Registers[register] = Vector128.Create(word).AsByte();

    /// <summary>A register as 16 bytes, the leftmost first.</summary>
    public static void Bytes(Vector128<byte> register, Span<byte> bytes)
    {
        register.CopyTo(bytes);
        bytes.Reverse();
    }

    /// <summary>A register from 16 bytes, the leftmost first.</summary>
    public static Vector128<byte> Register(ReadOnlySpan<byte> bytes)
    {
        Span<byte> reversed = stackalloc byte[16];
        bytes.CopyTo(reversed);
        reversed.Reverse();
        return Vector128.Create<byte>(reversed);
    }

    public void Dispose()
    {
        Core.Dispose();
        NativeMemory.AlignedFree(_localStore);
    }
}
