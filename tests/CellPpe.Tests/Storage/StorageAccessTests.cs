using CellPpe.Core;
using CellPpe.Ppe.Engines;
using CellPpe.Ppe.State;
using CellPpe.Tests.Execution;
using Xunit;

namespace CellPpe.Tests.Storage;

/// <summary>Accesses over page boundaries, faults that must leave no trace, multiple and string moves, dcbz, reservations.</summary>
public abstract unsafe class StorageAccessTests(PpuEngine engine) : IDisposable
{
    private const ulong Data = TestMachine.Data;
    private const ulong Boundary = Data + 0x1000;

    /// <summary>Addresses that dcbz is tested with.</summary>
    public const int DcbzOffsets = 256;

    private readonly TestMachine _machine = new(engine);

    private ref PpuState State => ref _machine.State;

    public void Dispose()
    {
        _machine.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Accesses_cross_pages_that_are_not_neighbours_in_memory()
    {
        AddressSpace space = AddressSpace.WithCode(_machine, Msr.Fp);
        space.Segment(Data);
        space.Map(Data, Data + 0x5000);
        space.Map(Boundary, Data + 0x2000);
        _machine.Write64(Data + 0x5ff8, 0x0001_0203_0405_0607);
        _machine.Write64(Data + 0x2000, 0x0809_0a0b_0c0d_0e0f);
        State.Gpr[3] = Boundary;
        _machine.Run("lhz r4,-1(r3); lwz r5,-3(r3); ld r6,-4(r3); lfd f1,-7(r3); std r6,-4(r3); sth r5,-1(r3)");
        Assert.Equal((0x0708ul, 0x0506_0708ul, 0x0405_0607_0809_0a0bul), (State.Gpr[4], State.Gpr[5], State.Gpr[6]));
        Assert.Equal(0x0102_0304_0506_0708ul, State.Fpr[1]);
        Assert.Equal(0x0001_0203_0405_0607ul, _machine.Read64(Data + 0x5ff8));
        Assert.Equal(0x0809_0a0b_0c0d_0e0ful, _machine.Read64(Data + 0x2000));
    }

    [Theory]
    [InlineData("std r4,-4(r3)", 0x4200_0000u)]
    [InlineData("ld r4,-4(r3)", 0x4000_0000u)]
    [InlineData("stfd f1,-4(r3)", 0x4200_0000u)]
    [InlineData("sth r4,-1(r3)", 0x4200_0000u)]
    public void A_fault_on_the_second_page_changes_nothing(string instruction, uint status)
    {
        AddressSpace space = AddressSpace.WithCode(_machine, Msr.Fp);
        space.Segment(Data);
        ulong slot = space.Map(Data, Data);
        _machine.Write64(Boundary - 8, 0x0102_0304_0506_0708);
        State.Gpr[3] = Boundary;
        State.Gpr[4] = 44;
        _machine.Run(instruction);
        Assert.Equal((0x300ul, status), (State.Nia, State.Dsisr));
        Assert.Equal(Boundary, State.Dar); // a byte of the page that caused it
        Assert.Equal(44ul, State.Gpr[4]);
        Assert.Equal(0x0102_0304_0506_0708ul, _machine.Read64(Boundary - 8));
        Assert.NotEqual(0ul, space.Table.Read(slot).R & AddressSpace.Referenced);
    }

    [Theory]
    [InlineData("stwu r4,8(r3)")]
    [InlineData("stdu r4,8(r3)")]
    [InlineData("stbux r4,r3,r5")]
    [InlineData("stfdu f1,8(r3)")]
    [InlineData("lwzu r4,8(r3)")]
    [InlineData("ldux r4,r3,r5")]
    [InlineData("lhaux r4,r3,r5")]
    [InlineData("lfsux f1,r3,r5")]
    public void An_update_whose_access_faults_leaves_RA(string instruction)
    {
        AddressSpace.WithCode(_machine, Msr.Fp).Segment(Data);
        State.Gpr[3] = Data;
        State.Gpr[4] = 44;
        State.Gpr[5] = 8;
        State.Fpr[1] = 11;
        _machine.Run(instruction);
        Assert.Equal((0x300ul, Data + 8), (State.Nia, State.Dar));
        Assert.Equal((Data, 44ul, 11ul), (State.Gpr[3], State.Gpr[4], State.Fpr[1]));
    }

    [Fact]
    public void Stwu_of_RA_stores_the_old_value()
    {
        State.Gpr[3] = Data + 16;
        _machine.Run("stwu r3,-16(r3)");
        Assert.Equal((Data, (uint)Data + 16), (State.Gpr[3], _machine.Read32(Data)));
    }

    [Fact]
    public void Dcbz_clears_the_128_bytes_of_its_line()
    {
        for (ulong offset = 0; offset < DcbzOffsets; offset++)
        {
            for (ulong at = 0; at < 512; at += 8)
                _machine.Write64(Data + at, ulong.MaxValue);
            State.Gpr[3] = Data + offset;
            State.Gpr[4] = 0x80;
            _machine.Run("dcbz r4,r3");
            for (ulong at = 0; at < 512; at += 8)
                Assert.Equal(at / 128 == (offset + 0x80) / 128 ? 0 : ulong.MaxValue, _machine.Read64(Data + at));
        }
    }

    [Fact]
    public void Lmw_is_restarted_after_a_fault()
    {
        AddressSpace space = AddressSpace.WithCode(_machine);
        space.Segment(Data);
        space.Map(Data, Data);
        State.Gpr[3] = Boundary - 8;
        for (ulong index = 0; index < 4; index++)
            _machine.Write32(Boundary - 8 + (4 * index), 0x100 + (uint)index);
        _machine.Run("lmw r28,0(r3)");
        Assert.Equal((0x300ul, Boundary, TestMachine.Code), (State.Nia, State.Dar, State.Srr0));
        Assert.Equal(Boundary - 8, State.Gpr[3]);

        space.Map(Boundary, Boundary);
        _machine.Thread.SetMsr(Msr.Sf | Msr.Ir | Msr.Dr);
        State.Nia = State.Srr0;
        _machine.Step();
        Assert.Equal((0x100ul, 0x101ul, 0x102ul, 0x103ul), (State.Gpr[28], State.Gpr[29], State.Gpr[30], State.Gpr[31]));
    }

    [Fact]
    public void Lswx_is_restarted_after_a_fault_and_moves_nothing_for_length_0()
    {
        AddressSpace space = AddressSpace.WithCode(_machine);
        space.Segment(Data);
        space.Map(Data, Data);
        _machine.Write64(Boundary - 8, 0x0102_0304_0506_0708);
        _machine.Write64(Boundary, 0x090a_0b0c_0d0e_0f10);
        State.Gpr[3] = Boundary - 3;
        State.Gpr[4] = Boundary; // not mapped
        State.Gpr[20] = 20;
        State.XerCount = 0;
        _machine.Run("lswx r20,0,r4");
        Assert.Equal((TestMachine.Code + 4, 20ul), (State.Nia, State.Gpr[20])); // Book III 5.5.3: length 0 does not interrupt

        State.XerCount = 6;
        _machine.Run("lswx r20,0,r3");
        Assert.Equal((0x300ul, Boundary), (State.Nia, State.Dar));
        space.Map(Boundary, Boundary);
        _machine.Thread.SetMsr(Msr.Sf | Msr.Ir | Msr.Dr);
        State.Nia = State.Srr0;
        _machine.Step();
        Assert.Equal((0x0607_0809ul, 0x0a0b_0000ul), (State.Gpr[20], State.Gpr[21]));
    }

    [Fact]
    public void String_moves_wrap_from_r31_to_r0()
    {
        _machine.Write64(Data, 0x0102_0304_0506_0708);
        State.Gpr[5] = Data;
        _machine.Run("lswi r31,r5,8; addi r6,r5,16; stswi r31,r6,8");
        Assert.Equal((0x0102_0304ul, 0x0506_0708ul), (State.Gpr[31], State.Gpr[0]));
        Assert.Equal(0x0102_0304_0506_0708ul, _machine.Read64(Data + 16));
    }

    [Fact]
    public void A_conditional_store_succeeds_once()
    {
        State.Gpr[3] = Data;
        State.Gpr[4] = 5;
        State.XerSo = 1;
        _machine.Run("lwarx r5,0,r3; stwcx. r4,0,r3; mfcr r6; stwcx. r4,0,r3; mfcr r7");
        Assert.Equal((0x3000_0000ul, 0x1000_0000ul), (State.Gpr[6], State.Gpr[7]));
        Assert.Equal(5u, _machine.Read32(Data));
    }

    [Fact]
    public void A_conditional_store_to_another_line_fails()
    {
        State.Gpr[3] = Data;
        State.Gpr[4] = Data + 128;
        _machine.Write32(Data + 128, 7);
        _machine.Run("ldarx r5,0,r3; stdcx. r3,0,r4");
        Assert.Equal(0, State.Cr[0]);
        Assert.Equal(7u, _machine.Read32(Data + 128));
    }

    [Fact]
    public void A_plain_store_of_the_same_thread_leaves_the_reservation()
    {
        State.Gpr[3] = Data;
        State.Gpr[4] = 5;
        _machine.Run("lwarx r5,0,r3; stw r4,4(r3); stwcx. r4,0,r3");
        Assert.Equal(2, State.Cr[0]);
    }

    [Fact]
    public void A_reservation_is_lost_with_the_turn()
    {
        State.Gpr[3] = Data;
        State.Gpr[4] = 5;
        _machine.Load("lwarx r5,0,r3; stwcx. r4,0,r3");
        _machine.Step();
        _machine.Step();
        Assert.Equal(0, State.Cr[0]);
        Assert.Equal(0u, _machine.Read32(Data));
    }

    [Theory]
    [InlineData(124ul, false)]
    [InlineData(128ul, true)]
    public void A_devices_write_to_the_line_takes_the_reservation(ulong offset, bool kept)
    {
        State.Gpr[3] = Data;
        State.Gpr[4] = 5;
        _machine.Thread.Hypervisor = new WritingHypervisor(_machine, Data + offset);
        _machine.Run("lwarx r5,0,r3; sc 1; addi r3,r0,0; addis r3,r0,16384; stwcx. r3,0,r3");
        Assert.Equal(kept ? 2 : 0, State.Cr[0]);
    }

    [Fact]
    public void A_conditional_store_to_the_next_instruction_is_seen()
    {
        State.Gpr[3] = TestMachine.Code + 12;
        State.Gpr[4] = CellPpe.Ppe.Isa.Asm.Addi(rt: 9, ra: 0, si: 77);
        _machine.Run("ori r0,r0,0; lwarx r5,0,r3; stwcx. r4,0,r3; addi r9,r0,1");
        Assert.Equal(77ul, State.Gpr[9]);
    }

    /// <summary>Writes one word of memory, as a device on the other side of a hypercall does.</summary>
    private sealed class WritingHypervisor(TestMachine machine, ulong address) : Core.Ports.IHypervisor
    {
        public Core.Ports.Lv1Status Call(Core.Ports.ILogicalPpeThread caller, ref Core.Ports.HypercallFrame frame)
        {
            machine.Memory.TryWriteUInt32(new LparAddress(address), 1);
            return Core.Ports.Lv1Status.Success;
        }
    }
}
