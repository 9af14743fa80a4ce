using CellPpe.Core;
using CellPpe.Ppe.Engines;
using CellPpe.Ppe.Isa;
using CellPpe.Ppe.State;
using CellPpe.Tests.Execution;
using Xunit;

namespace CellPpe.Tests.Storage;

/// <summary>
/// Data and instruction storage and segment interrupts (Book III 5.5.3 to 5.5.6), alignment (5.5.8): causes, SRR1, DSISR, DAR.
/// </summary>
public abstract unsafe class StorageInterruptTests(PpuEngine engine) : IDisposable
{
    private const uint NotFound = 0x4000_0000;
    private const uint NoExecute = 0x1000_0000;
    private const uint Protected = 0x0800_0000;
    private const uint IsStore = 0x0200_0000;
    private const uint Breakpoint = 0x0040_0000;

    private const ulong Data = TestMachine.Data;
    private const ulong Elsewhere = 0x7000_0000;

    private readonly TestMachine _machine = new(engine);

    private ref PpuState State => ref _machine.State;

    public void Dispose()
    {
        _machine.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("lwz r4,8(r3)", NotFound)]
    [InlineData("lfd f1,8(r3)", NotFound)]
    [InlineData("lvx v1,r5,r3", NotFound)]
    [InlineData("lwarx r4,r5,r3", NotFound)]
    [InlineData("lmw r28,8(r3)", NotFound)]
    [InlineData("lswi r28,r6,4", NotFound)]
    [InlineData("dcbst r5,r3", NotFound)]
    [InlineData("dcbf r5,r3", NotFound)]
    [InlineData("icbi r5,r3", NotFound)]
    [InlineData("stb r4,8(r3)", NotFound | IsStore)]
    [InlineData("stdx r4,r5,r3", NotFound | IsStore)]
    [InlineData("stvx v1,r5,r3", NotFound | IsStore)]
    [InlineData("stwcx. r4,r5,r3", NotFound | IsStore)]
    [InlineData("stmw r28,8(r3)", NotFound | IsStore)]
    public void A_page_that_is_not_in_the_table(string instruction, uint status)
    {
        AddressSpace.WithCode(_machine, Msr.Fp | Msr.Vec).Segment(Data);
        State.Gpr[3] = Data;
        State.Gpr[5] = 8;
        State.Gpr[6] = Data + 8;
        ulong msr = State.Msr;
        State.Dsisr = 0xffff_ffff;
        _machine.Run(instruction);
        AssertInterrupt(0x300, TestMachine.Code, msr);
        Assert.Equal(status, State.Dsisr);
        Assert.Equal(Data, State.Dar & ~15UL); // a byte in the first doubleword accessed
    }

    [Fact]
    public void Dcbz_counts_as_a_store()
    {
        AddressSpace.WithCode(_machine).Segment(Data);
        State.Gpr[3] = Data + 200;
        _machine.Run("dcbz 0,r3");
        Assert.Equal((0x300ul, NotFound | IsStore), (State.Nia, State.Dsisr));
        Assert.Equal(Data + 128, State.Dar & ~127UL); // a byte in the block
    }

    [Theory]
    [InlineData("dcbt 0,r3,0")]
    [InlineData("dcbtst 0,r3,0")]
    [InlineData("dst r3,r4,0")]
    public void Touches_never_interrupt(string instruction)
    {
        AddressSpace.WithCode(_machine);
        State.Gpr[3] = Elsewhere;
        _machine.Run(instruction);
        Assert.Equal(TestMachine.Code + 4, State.Nia);
    }

    [Fact]
    public void A_store_to_a_read_only_page()
    {
        AddressSpace space = AddressSpace.WithCode(_machine);
        space.Segment(Data);
        space.Map(Data, Data, AddressSpace.ReadOnly);
        State.Gpr[3] = Data + 4;
        _machine.Run("lwz r4,0(r3); stw r4,0(r3)");
        AssertInterrupt(0x300, TestMachine.Code + 4, State.Srr1);
        Assert.Equal((Protected | IsStore, Data + 4), (State.Dsisr, State.Dar));
    }

    [Fact]
    public void A_load_that_may_not()
    {
        AddressSpace space = AddressSpace.WithCode(_machine);
        space.Segment(Data, AddressSpace.Ks);
        space.Map(Data, Data);
        State.Gpr[3] = Data;
        _machine.Run("lwz r4,0(r3)");
        AssertInterrupt(0x300, TestMachine.Code, State.Srr1);
        Assert.Equal((Protected, Data), (State.Dsisr, State.Dar));
    }

    [Fact]
    public void A_data_segment_that_is_in_no_slb_entry()
    {
        AddressSpace.WithCode(_machine);
        ulong msr = State.Msr;
        State.Gpr[3] = 0xc000_0000_7000_0000;
        _machine.Run("std r4,16(r3)");
        AssertInterrupt(0x380, TestMachine.Code, msr);
        Assert.Equal(0xc000_0000_7000_0010, State.Dar);
    }

    [Fact]
    public void An_instruction_segment_that_is_in_no_slb_entry()
    {
        AddressSpace.WithCode(_machine);
        ulong msr = State.Msr;
        State.Lr = 0xc000_0000_7000_0010;
        _machine.Run("bclr 20,0,0; ori r0,r0,0");
        AssertInterrupt(0x480, 0xc000_0000_7000_0010, msr);
    }

    [Fact]
    public void An_instruction_page_that_is_not_in_the_table()
    {
        AddressSpace.WithCode(_machine);
        ulong msr = State.Msr;
        State.Lr = TestMachine.Code + 0x2000;
        _machine.Run("bclr 20,0,0; ori r0,r0,0");
        AssertInterrupt(0x400, TestMachine.Code + 0x2000, msr | NotFound);
    }

    [Theory]
    [InlineData(AddressSpace.NoExecute, 0ul, NoExecute)]
    [InlineData(AddressSpace.Guarded, 0ul, NoExecute)]
    [InlineData(0ul, AddressSpace.NoExecuteSegment, NoExecute)]
    [InlineData(0ul, AddressSpace.Ks, Protected)]
    public void An_instruction_that_may_not_be_fetched(ulong page, ulong segment, uint status)
    {
        AddressSpace space = AddressSpace.WithCode(_machine);
        space.Segment(Data, segment);
        space.Map(Data, Data, page);
        ulong msr = State.Msr;
        State.Lr = Data + 0x40;
        _machine.Run("bclr 20,0,0; ori r0,r0,0");
        AssertInterrupt(0x400, Data + 0x40, msr | status);
    }

    [Fact]
    public void Going_on_into_a_page_that_is_not_there()
    {
        AddressSpace.WithCode(_machine);
        _machine.Load("addi r3,r0,7", TestMachine.Code + 0xffc);
        State.Nia = TestMachine.Code + 0xffc;
        long ran = _machine.Thread.Run(2);
        AssertInterrupt(0x400, TestMachine.Code + 0x1000, State.Srr1);
        Assert.Equal(7ul, State.Gpr[3]);
        Assert.Equal(2, ran); // the fetch that fails counts, so that no guest runs for ever
    }

    [Fact]
    public void Real_mode_ends_at_its_limit()
    {
        State.Gpr[3] = Data + TestMachine.DataSize;
        _machine.Run("ld r4,-8(r3); ld r4,0(r3)");
        AssertInterrupt(0x300, TestMachine.Code + 4, Msr.Sf);
        Assert.Equal((Protected, Data + TestMachine.DataSize), (State.Dsisr, State.Dar));

        State.Lr = Data + TestMachine.DataSize;
        _machine.Thread.SetMsr(Msr.Sf);
        _machine.Run("bclr 20,0,0; ori r0,r0,0");
        AssertInterrupt(0x400, Data + TestMachine.DataSize, Msr.Sf | Protected);
    }

    [Fact]
    public void Real_mode_ignores_the_first_four_bits_of_an_address()
    {
        _machine.Write64(Data + 8, 0x1122_3344_5566_7788);
        State.Gpr[3] = 0xf000_0000_0000_0000 | Data;
        _machine.Run("ld r4,8(r3)");
        Assert.Equal(0x1122_3344_5566_7788ul, State.Gpr[4]);
    }

    [Theory]
    [InlineData("lwarx r7,r4,r3", 2ul, 0x0000_00e4u)]
    [InlineData("ldarx r7,r4,r3", 4ul, 0x0000_04e4u)]
    [InlineData("stwcx. r7,r4,r3", 1ul, 0x0001_08e4u)]
    [InlineData("stdcx. r7,r4,r3", 4ul, 0x0001_0ce4u)]
    public void A_reservation_must_be_aligned(string instruction, ulong offset, uint status)
    {
        State.Gpr[3] = Data + offset;
        State.Dsisr = 0xffff_ffff;
        _machine.Run(instruction);
        AssertInterrupt(0x600, TestMachine.Code, Msr.Sf);
        Assert.Equal((status, Data + offset), (State.Dsisr, State.Dar));
    }

    [Theory]
    // The table of Appendix D: DSISR 15:21 for the instruction; 12:13 tell ld, ldu and lwa apart.
    [InlineData("lwz r7,0(r4)", 0b00_0_00_0_0000u)]
    [InlineData("stw r7,0(r4)", 0b00_0_00_0_0010u)]
    [InlineData("lmw r7,0(r4)", 0b00_0_00_0_0111u)]
    [InlineData("stwu r7,0(r4)", 0b00_0_00_1_0010u)]
    [InlineData("lfdu f7,0(r4)", 0b00_0_00_1_1001u)]
    [InlineData("ld r7,0(r4)", 0b00_0_00_0_1101u)]
    [InlineData("ldu r7,0(r4)", 0b01_0_00_0_1101u)]
    [InlineData("lwa r7,0(r4)", 0b10_0_00_0_1101u)]
    [InlineData("stdu r7,0(r4)", 0b01_0_00_0_1111u)]
    [InlineData("ldx r7,r4,r5", 0b00_0_01_0_0000u)]
    [InlineData("lwax r7,r4,r5", 0b00_0_01_0_0101u)]
    [InlineData("lwaux r7,r4,r5", 0b00_0_01_1_0101u)]
    [InlineData("lswx r7,r4,r5", 0b00_0_01_0_1000u)]
    [InlineData("stdux r7,r4,r5", 0b00_0_01_1_0010u)]
    [InlineData("stwbrx r7,r4,r5", 0b00_0_10_0_1010u)]
    [InlineData("stfiwx f7,r4,r5", 0b00_0_11_0_1111u)]
    [InlineData("sthux r7,r4,r5", 0b00_0_11_1_0110u)]
    public void The_alignment_status_tells_the_instruction(string instruction, uint opcode) =>
        Assert.Equal((opcode << 10) | (7 << 5) | 4, CellPpe.Ppe.Storage.PpuStorage.AlignmentStatus(PpuAssembler.Assemble(instruction)));

    [Fact]
    public void Alignment_status_of_dcbz()
    {
        uint status = CellPpe.Ppe.Storage.PpuStorage.AlignmentStatus(PpuAssembler.Assemble("dcbz r4,r5"));
        Assert.Equal((0b10_1_1111u << 10) | 4, status);
    }

    [Theory]
    [InlineData("lwz r4,4(r3)", 1ul, true)]
    [InlineData("lwz r4,4(r3)", 2ul, false)]
    [InlineData("stw r4,4(r3)", 2ul, true)]
    [InlineData("stw r4,4(r3)", 1ul, false)]
    [InlineData("lbz r4,8(r3)", 3ul, false)] // the next doubleword
    [InlineData("lwz r4,-2(r3)", 3ul, true)] // reaches into it
    [InlineData("lwarx r4,0,r3", 1ul, true)]
    [InlineData("ldarx r4,0,r3", 2ul, false)]
    public void A_data_address_breakpoint_matches_its_doubleword(string instruction, ulong kinds, bool matches)
    {
        _machine.Thread.SetDataBreakpoint(Data + 0x100 | kinds, 2);
        State.Gpr[3] = Data + 0x100;
        _machine.Run("lwz r5,0x40(r3); stw r5,0x40(r3)".Replace("0x40", "64", StringComparison.Ordinal));
        Assert.Equal(TestMachine.Code + 8, State.Nia); // the same page, but not the doubleword
        _machine.Run(instruction);
        if (matches)
        {
            AssertInterrupt(0x300, TestMachine.Code, Msr.Sf);
            Assert.Equal(Breakpoint | (instruction[0] == 's' ? IsStore : 0), State.Dsisr);
        }
        else
        {
            Assert.Equal(TestMachine.Code + 4, State.Nia);
        }
    }

    [Fact]
    public void A_breakpoint_for_problem_state_does_not_stop_a_supervisor()
    {
        _machine.Thread.SetDataBreakpoint(Data | 3, 1);
        State.Gpr[3] = Data;
        _machine.Run("lwz r4,0(r3)");
        Assert.Equal(TestMachine.Code + 4, State.Nia);
    }

    [Fact]
    public void A_breakpoint_set_after_the_page_was_used_matches()
    {
        State.Gpr[3] = Data;
        _machine.Run("lwz r4,0(r3); stw r4,0(r3)");
        _machine.Thread.SetDataBreakpoint(Data | 3, 2);
        _machine.Run("lwz r4,0(r3)");
        Assert.Equal(0x300ul, State.Nia);
        _machine.Thread.SetDataBreakpoint(0, 0);
        _machine.Run("lwz r4,0(r3)");
        Assert.Equal(TestMachine.Code + 4, State.Nia);
    }

    [Fact]
    public void An_address_that_no_memory_answers_is_a_machine_check()
    {
        AddressSpace space = AddressSpace.WithCode(_machine);
        space.Segment(Elsewhere);
        space.Map(Elsewhere, 0x10_0000_0000);
        State.Gpr[3] = Elsewhere;
        _machine.Run("lwz r4,0(r3)");
        Assert.Equal((0x200ul, Elsewhere), (State.Nia, State.Dar));
    }

    [Theory]
    [InlineData("lwarx r4,0,r3", 0x0400_0000u)]
    [InlineData("stdcx. r4,0,r3", 0x0600_0000u)]
    public void Devices_take_no_reservations(string instruction, uint status)
    {
        _machine.Memory.TryAddDevice(new LparAddress(0x20_0000), 0x1000, new Register(), "register");
        State.Gpr[3] = 0x20_0000;
        _machine.Run(instruction);
        Assert.Equal((0x300ul, status, 0x20_0000ul), (State.Nia, State.Dsisr, State.Dar));
    }

    [Fact]
    public void A_device_sees_the_accesses_as_they_are_made()
    {
        var register = new Register();
        _machine.Memory.TryAddDevice(new LparAddress(0x20_0000), 0x1000, register, "register");
        State.Gpr[3] = 0x20_0000;
        State.Gpr[4] = 0x1122_3344_5566_7788;
        _machine.Run("std r4,8(r3); stw r4,4(r3); sth r4,2(r3); stb r4,1(r3); lwz r5,12(r3); ld r6,16(r3)");
        Assert.Equal(
            ["8+8=1122334455667788", "4+4=55667788", "2+2=7788", "1+1=88", "c+4", "10+8"], register.Accesses);
        Assert.Equal((0xcul, 0x10ul), (State.Gpr[5], State.Gpr[6]));
    }

    [Fact]
    public void A_store_to_memory_the_partition_may_only_read_is_a_protection_fault()
    {
        _machine.Memory.TryAddMemory(new LparAddress(0x20_0000), 0x1000, RegionAccess.Read, "rom");
        State.Gpr[3] = 0x20_0000;
        _machine.Run("lwz r4,0(r3); stw r4,0(r3)");
        AssertInterrupt(0x300, TestMachine.Code + 4, Msr.Sf);
        Assert.Equal(Protected | IsStore, State.Dsisr);
    }

    private void AssertInterrupt(ulong vector, ulong srr0, ulong srr1)
    {
        Assert.Equal(vector.ToString("x"), State.Nia.ToString("x"));
        Assert.Equal(srr0.ToString("x"), State.Srr0.ToString("x"));
        Assert.Equal(srr1.ToString("x"), State.Srr1.ToString("x"));
    }

    /// <summary>Answers with the offset and remembers what it was asked.</summary>
    private sealed class Register : IMmioDevice
    {
        public List<string> Accesses { get; } = [];

        public ulong Read(ulong offset, int size)
        {
            Accesses.Add($"{offset:x}+{size}");
            return offset;
        }

        public void Write(ulong offset, int size, ulong value) => Accesses.Add($"{offset:x}+{size}={value:x}");
    }
}
