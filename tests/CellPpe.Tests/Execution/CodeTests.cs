using System.Buffers.Binary;
using System.Runtime.Intrinsics;

using CellPpe.Core;
using CellPpe.Ppe.Engines;
using CellPpe.Ppe.Isa;
using CellPpe.Ppe.State;

using Xunit;

namespace CellPpe.Tests.Execution;

/// <summary>Software cannot observe the cache of decoded instructions: changed code runs as memory holds it.</summary>
public abstract unsafe class CodeTests(PpuEngine engine) : IDisposable
{
    private const ulong Data = TestMachine.Data;

    private readonly TestMachine _machine = new(engine);

    private ref PpuState State => ref _machine.State;

    public void Dispose()
    {
        _machine.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("stw r4,12(r3)")]
    [InlineData("stwx r4,r3,r5")]
    [InlineData("stmw r31,12(r3)")]
    [InlineData("stswi r4,r7,4")]
    [InlineData("stvewx v1,r3,r5")]
    [InlineData("stfiwx f1,r3,r5")]
    [InlineData("stwbrx r6,r3,r5")]
    public void A_store_to_the_next_instruction_is_run(string store)
    {
        uint changed = Asm.Addi(rt: 9, ra: 0, si: 77);
        _machine.Thread.SetMsr(Msr.Sf | Msr.Vec | Msr.Fp);
        State.Gpr[3] = TestMachine.Code;
        State.Gpr[4] = State.Gpr[31] = State.Fpr[1] = changed;
        State.Gpr[5] = 12;
        State.Gpr[6] = BinaryPrimitives.ReverseEndianness(changed);
        State.Gpr[7] = TestMachine.Code + 12;
        State.Vr[1] = Vector128.Create(changed).AsByte();
        string program = $"ori r0,r0,0; ori r0,r0,0; {store}; addi r9,r0,1";

        _machine.Run(program); // not decoded yet
        Assert.Equal(77ul, State.Gpr[9]);

        _machine.Load("addi r9,r0,1", TestMachine.Code + 12);
        State.Nia = TestMachine.Code + 12;
        _machine.Step(); // decoded now
        Assert.Equal(1ul, State.Gpr[9]);
        State.Nia = TestMachine.Code;
        _machine.Step(4);
        Assert.Equal(77ul, State.Gpr[9]);
    }

    [Fact]
    public void A_wide_store_over_decoded_instructions_changes_all_of_them()
    {
        _machine.Thread.SetMsr(Msr.Sf | Msr.Vec);
        State.Gpr[3] = TestMachine.Code + 16;
        State.Vr[1] = Vector128.Create(Asm.Addi(rt: 9, ra: 9, si: 1)).AsByte();
        _machine.Run("ori r0,r0,0; ori r0,r0,0; ori r0,r0,0; ori r0,r0,0; addi r9,r0,0; addi r9,r0,0; addi r9,r0,0; addi r9,r0,0");
        Assert.Equal(0ul, State.Gpr[9]);
        _machine.Load("stvx v1,0,r3");
        State.Nia = TestMachine.Code;
        _machine.Step(8);
        Assert.Equal(4ul, State.Gpr[9]);
    }

    [Fact]
    public void A_devices_write_changes_decoded_instructions()
    {
        _machine.Run("addi r9,r0,1");
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(word, Asm.Addi(rt: 9, ra: 0, si: 2));
        Assert.True(_machine.Memory.TryWrite(new LparAddress(TestMachine.Code), word));
        State.Nia = TestMachine.Code;
        _machine.Step();
        Assert.Equal(2ul, State.Gpr[9]);
    }

    [Fact]
    public void Another_page_at_the_same_address_is_other_code()
    {
        AddressSpace space = AddressSpace.WithCode(_machine);
        space.Segment(Data);
        ulong slot = space.Map(Data, Data);
        _machine.Load("addi r9,r0,1; bclr 20,0,0", Data);
        _machine.Load("addi r9,r0,2; bclr 20,0,0", Data + 0x1000);
        State.Ctr = Data;
        _machine.Run("bcctrl 20,0,0; ori r0,r0,0; ori r0,r0,0");
        Assert.Equal((1ul, TestMachine.Code + 4), (State.Gpr[9], State.Nia));

        (ulong v, ulong r) = space.Table.Read(slot);
        space.Table.Write(slot, v, (r & 0xfff) | (Data + 0x1000));
        _machine.Run("bcctrl 20,0,0; ori r0,r0,0; ori r0,r0,0");
        Assert.Equal((2ul, TestMachine.Code + 4), (State.Gpr[9], State.Nia));
    }

    [Fact]
    public void A_store_through_another_address_of_the_page_is_seen()
    {
        AddressSpace space = AddressSpace.WithCode(_machine);
        space.Segment(Data);
        space.Map(Data, Data);
        space.Map(Data + 0x1000, Data);
        _machine.Load("addi r9,r0,1", Data);
        State.Gpr[3] = Data + 0x1000;
        State.Gpr[4] = Asm.Addi(rt: 9, ra: 0, si: 2);
        _machine.Run("stw r4,4(r3)"); // the page is writable now, and holds no decoded code yet
        State.Nia = Data;
        _machine.Step();
        Assert.Equal(1ul, State.Gpr[9]);
        _machine.Run("stw r4,0(r3)");
        State.Nia = Data;
        _machine.Step();
        Assert.Equal(2ul, State.Gpr[9]);
    }

    [Fact]
    public void Decoded_pages_are_limited_and_nothing_else_shows_it()
    {
        const int Limit = 4;
        using var machine = new TestMachine(engine, codePageLimit: Limit);
        const int Pages = 16;
        for (int page = 0; page < Pages; page++)
            machine.Load($"addi r3,r3,1; b 0x{Data + (0x1000ul * (ulong)((page + 1) % Pages)):x}", Data + (0x1000ul * (ulong)page));
        machine.State.Nia = Data;
        machine.Thread.Run(2 * Pages * 10);
        Assert.Equal(10ul * Pages, machine.State.Gpr[3]);
        Assert.InRange(machine.Core.DecodedPages, 1, Limit);
    }

    [Fact]
    public unsafe void A_page_in_use_stays_decoded_while_others_come_and_go()
    {
        const int Limit = 8;
        const int Pages = 15;
        using var machine = new TestMachine(engine, codePageLimit: Limit);
        machine.Load("addi r3,r3,1; bclr 20,0,0", Data);
        for (int page = 1; page <= Pages; page++)
            machine.Load(
                $"bl 0x{Data:x}; addi r4,r4,1; b 0x{Data + (0x1000ul * (ulong)((page % Pages) + 1)):x}", Data + (0x1000ul * (ulong)page));
        machine.State.Nia = Data + 0x1000;
        machine.Thread.Run(5 * 20);
        nint decoded = (nint)machine.Core.Code.GetOrAdd(machine.DataMemory.HostOffset, out bool added);
        Assert.False(added);

        machine.Thread.Run(5 * 400);

        Assert.Equal((420ul, 420ul), (machine.State.Gpr[3], machine.State.Gpr[4]));
        Assert.InRange(machine.Core.DecodedPages, 1, Limit);
        Assert.True(machine.Core.Code.Are(decoded, machine.DataMemory.HostOffset), "it was given up though it is run all the time");
    }

    [Fact]
    public void A_program_goes_on_over_the_end_of_a_page()
    {
        _machine.Load("addi r3,r3,1; addi r3,r3,2; addi r3,r3,4; b 0x10ff8", TestMachine.Code + 0xff8);
        State.Nia = TestMachine.Code + 0xff8;
        Assert.Equal(8, _machine.Thread.Run(8));
        Assert.Equal((14ul, TestMachine.Code + 0xff8), (State.Gpr[3], State.Nia));
        Assert.Equal(8ul, State.Instructions);
        Assert.Equal(8, _machine.Clock.Retired);
    }

    [Fact]
    public void Removed_memory_is_no_code()
    {
        MemoryRegion region = _machine.Memory.TryAddMemory(new LparAddress(0x20_0000), 0x1000, RegionAccess.ReadWrite, "passing")!;
        _machine.Load("addi r3,r3,1; b 0x200000", 0x20_0000);
        State.Nia = 0x20_0000;
        _machine.Step(2);
        _machine.Memory.Remove(region);
        _machine.Step();
        Assert.Equal((1ul, 0x200ul), (State.Gpr[3], State.Nia));
    }

    [Fact]
    public void Both_threads_run_the_same_code()
    {
        using var machine = new TestMachine(engine, threads: 2);
        machine.Load("addi r3,r3,1; b 0x10000");
        foreach (Ppe.Threads.PpuThread thread in machine.Core.Threads)
        {
            thread.State.Nia = TestMachine.Code;
            thread.Run(10);
            Assert.Equal(5ul, thread.State.Gpr[3]);
        }
    }
}
