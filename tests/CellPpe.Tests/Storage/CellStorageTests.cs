using System.Runtime.Intrinsics;
using CellPpe.Ppe.Engines;
using CellPpe.Ppe.Isa;
using CellPpe.Ppe.State;
using CellPpe.Tests.Execution;
using Xunit;

namespace CellPpe.Tests.Storage;

/// <summary>
/// The loads and stores that only Cell has, and that no reference executes: their definition (Cell Broadband Engine Programming
/// Handbook, Vector/SIMD Multimedia Extension; Book I for the byte-reversed doublewords) is written a second time here,
/// byte by byte, and compared at every alignment.
/// </summary>
public abstract unsafe class CellStorageTests : IDisposable
{
    private const ulong Data = TestMachine.Data + 64;
    private const int Window = 64;

    private readonly TestMachine _machine;

    protected CellStorageTests(PpuEngine engine)
    {
        _machine = new TestMachine(engine);
        _machine.Thread.SetMsr(Msr.Sf | Msr.Vec);
    }

    /// <summary>Instructions that are compared here, with the number of comparisons.</summary>
    public static IReadOnlyDictionary<string, int> Covered { get; } = new[]
    {
        "lvlx", "lvlxl", "lvrx", "lvrxl", "stvlx", "stvlxl", "stvrx", "stvrxl", "ldbrx", "stdbrx",
    }.ToDictionary(static name => name, static _ => 32);

    private ref PpuState State => ref _machine.State;

    public void Dispose()
    {
        _machine.Dispose();
        GC.SuppressFinalize(this);
    }

    // The bytes from the address to the end of its quadword, at the left of the register; zeros behind them.
    [Theory]
    [InlineData("lvlx")]
    [InlineData("lvlxl")]
    public void Load_vector_left(string name)
    {
        ForEachOffset(name, static (memory, vector, offset) =>
        {
            vector.Clear();
            for (int index = 0; index < 16 - (offset % 16); index++)
                vector[index] = memory[offset + index];
        });
    }

    // The bytes from the start of the quadword up to the address, at the right of the register; zeros before them.
    [Theory]
    [InlineData("lvrx")]
    [InlineData("lvrxl")]
    public void Load_vector_right(string name)
    {
        ForEachOffset(name, static (memory, vector, offset) =>
        {
            vector.Clear();
            int count = offset % 16;
            for (int index = 0; index < count; index++)
                vector[16 - count + index] = memory[offset - count + index];
        });
    }

    // The left bytes of the register to the address and on to the end of its quadword.
    [Theory]
    [InlineData("stvlx")]
    [InlineData("stvlxl")]
    public void Store_vector_left(string name)
    {
        ForEachOffset(name, static (memory, vector, offset) =>
        {
            for (int index = 0; index < 16 - (offset % 16); index++)
                memory[offset + index] = vector[index];
        });
    }

    // The right bytes of the register to the start of the quadword and on up to the address.
    [Theory]
    [InlineData("stvrx")]
    [InlineData("stvrxl")]
    public void Store_vector_right(string name)
    {
        ForEachOffset(name, static (memory, vector, offset) =>
        {
            int count = offset % 16;
            for (int index = 0; index < count; index++)
                memory[offset - count + index] = vector[16 - count + index];
        });
    }

    [Fact]
    public void Doublewords_are_reversed()
    {
        for (int offset = 0; offset < 32; offset++)
        {
            byte[] memory = Fill();
            State.Gpr[3] = Data + (ulong)offset;
            State.Gpr[4] = 0x0102_0304_0506_0708;
            State.Gpr[6] = 8;
            _machine.Run("ldbrx r5,0,r3; stdbrx r4,r6,r3");
            Assert.Equal(BitConverter.ToUInt64(memory, offset), State.Gpr[5]);
            for (int index = 0; index < 8; index++)
                memory[offset + 8 + index] = (byte)(8 - index);
            Assert.Equal(memory, Read());
        }
    }

    [Fact]
    public void Aligned_right_forms_reach_no_byte_and_cannot_fault()
    {
        AddressSpace.WithCode(_machine, Msr.Vec);
        State.Gpr[3] = 0x7000_0000;
        State.Vr[1] = Vector128<byte>.AllBitsSet;
        _machine.Run("stvrx v1,0,r3; lvrx v1,0,r3");
        Assert.Equal(TestMachine.Code + 8, State.Nia);
        Assert.Equal(Vector128<byte>.Zero, State.Vr[1]);
    }

    private delegate void Definition(Span<byte> memory, Span<byte> vector, int offset);

    private void ForEachOffset(string name, Definition definition)
    {
        for (int offset = 0; offset < 32; offset++)
        {
            byte[] memory = Fill();
            byte[] vector = [.. Enumerable.Range(0, 16).Select(static index => (byte)(0xe0 + index))];
            State.Vr[1] = Register(vector);
            State.Gpr[3] = Data;
            State.Gpr[4] = (ulong)offset;
            _machine.Load([PpuAssembler.Assemble($"{name} v1,r3,r4")]);
            State.Nia = TestMachine.Code;

            _machine.Step();

            definition(memory, vector, offset);
            Assert.Equal(TestMachine.Code + 4, State.Nia);
            Assert.Equal(memory, Read());
            Assert.Equal(Register(vector), State.Vr[1]);
        }
    }

    // Registers stand in the state with their first byte last.
    private static Vector128<byte> Register(byte[] bytes) => Vector128.Create([.. bytes.Reverse()]);

    private byte[] Fill()
    {
        byte[] memory = [.. Enumerable.Range(0, Window).Select(static index => (byte)(0x40 + index))];
        Assert.True(_machine.Memory.TryWrite(new CellPpe.Core.LparAddress(Data), memory));
        return memory;
    }

    private byte[] Read()
    {
        byte[] memory = new byte[Window];
        Assert.True(_machine.Memory.TryRead(new CellPpe.Core.LparAddress(Data), memory));
        return memory;
    }
}
