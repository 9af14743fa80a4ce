using System.Buffers.Binary;

using CellPpe.Core;
using CellPpe.Core.Ports;

using SpuRuntime.Engine;

namespace SpuRuntime.Tests.Registers;

/// <summary>A context with work in all its queues is saved on one SPE and continues on another.</summary>
public sealed class ContextSwitchTests
{
    private const ulong UserVsid = 0x2222;
    private const ulong Area = 0x20_0000;
    private const ulong Restart = 1ul << 32;

    [Theory, InlineData(false), InlineData(true)]
    public void A_context_goes_on_where_it_was(bool pageFault)
    {
        using TestMachine machine = new(2);
        TestTable table = new();
        SpufsSwitch.MapKernel(table);
        foreach (TestSpe each in machine.Spes)
            each.Spe.SelectAddressSpace(table);
        TestSpe spe = machine.Spes[0];
        SpufsSwitch.Harvest(spe);
        Assert.Equal(Lv1Status.Success, spe.Spe.SetPrivilege1Register(0, 0x3b));
        Begin(spe, table, pageFault);
        byte[] store = spe.LocalStore.ToArray();
        SavedContext csa = new(Area);

        SpufsSwitch.Save(spe, csa, pageFault);
        // What the kernel writes into the save area before it restores: mailboxes, decrementer running.
        machine.TimeBase += 500;
        BinaryPrimitives.WriteUInt32BigEndian(machine.Bytes(Area + 0x830, 4), (uint)csa.Registers[0x4004]);
        BinaryPrimitives.WriteUInt32BigEndian(machine.Bytes(Area + 0x840, 4), (uint)csa.Registers[0x4000]);
        BinaryPrimitives.WriteUInt32BigEndian(machine.Bytes(Area + 0x820, 4), 1);
        uint decrementer = BinaryPrimitives.ReadUInt32BigEndian(machine.Bytes(Area + 0x810, 4));
        BinaryPrimitives.WriteUInt32BigEndian(machine.Bytes(Area + 0x810, 4), decrementer - 500);
        Assert.NotEqual(0ul, csa.Registers[0x3000] & (1ul << 40));

        SpufsSwitch.Restore(machine.Spes[1], csa);
        Assert.True(machine.Spes[1].LocalStore[..0x2000].SequenceEqual(store.AsSpan(0, 0x2000)));
        Assert.True(machine.Spes[1].LocalStore[0x4000..].SequenceEqual(store.AsSpan(0x4000)));
        GoOn(machine.Spes[1], table, pageFault, decrementer - 500);
    }

    [Theory]
    [InlineData(SpuExitReason.Stopped, 0x2104u), InlineData(SpuExitReason.Halted, 0u), InlineData(SpuExitReason.InvalidInstruction, 0u)]
    public void A_stopped_context_has_its_status_back(SpuExitReason reason, uint argument)
    {
        using TestMachine machine = new(1);
        TestTable table = new();
        SpufsSwitch.MapKernel(table);
        TestSpe spe = machine.Spe;
        spe.Spe.SelectAddressSpace(table);
        SpufsSwitch.Harvest(spe);
        spe.Problem(0x4034, 0x1230);
        spe.Problem(0x401c, 1);
        spe.Turn((ref _, _) => new SpuExit(reason, argument));
        uint status = spe.Problem(0x4024);
        uint npc = reason == SpuExitReason.InvalidInstruction ? 0x1234u : 0x1230;
        SavedContext csa = new(Area);

        for (int i = 0; i < 100; i++)
        {
            SpufsSwitch.Save(spe, csa, faultPending: false);
            SpufsSwitch.Restore(spe, csa);
            Assert.Equal(status, spe.Problem(0x4024));
            Assert.Equal(npc, spe.Problem(0x4034));
            Assert.Equal(0x400u, spe.Problem(0x4014));
        }
    }

    // A program with work of every kind: a stalled list, a transfer behind it with a fence, a transfer with a segment or page fault in its
    // middle, a tag query that waits, mail in all boxes, a signal, an event, half a command.
    private static void Begin(TestSpe spe, TestTable table, bool pageFault)
    {
        spe.Spe.SetInterruptMask(SpeInterruptClass.Translation, 3);
        new Random(5).NextBytes(spe.LocalStore);
        spe.Write(1, 0x720);
        spe.Write(7, 100_000);
        spe.Write(14, 0x4440);
        for (uint i = 0; i < 3; i++)
            spe.Problem(0x400c, 100 + i);
        Assert.Equal(100u, spe.Read(29));
        spe.Problem(0x400c, 103);
        spe.Write(28, 0x2828);
        spe.Problem(0x1c00c, 0x44);

        spe.ListElement(0x100, stall: true, 0, 0);
        spe.ListElement(0x108, stall: false, 16, 0x5000);
        spe.Command(0x24, 0x8000, 0x100, 16, 7);
        spe.Command(0x22, 0x8000, 0x5010, 16, 7);
        LoadSlb(spe);
        table.Pages[(UserVsid, 0x11)] = new PageTranslation(new LparAddress(0x11000), 12, true);
        if (pageFault)
            table.Pages[(UserVsid, 0x10)] = new PageTranslation(new LparAddress(0x10000), 12, true);
        spe.Command(0x20, 0x9000, pageFault ? 0x1_1800ul : 0x1_0800ul, 0x1000, 8);
        Assert.Equal(2ul, spe.Status(1));
        Assert.Equal(0u, spe.Proxy(0x20, 0xa000, 0x1_0100, 16, 9));
        spe.Problem(0x321c, 1 << 9);
        spe.Problem(0x3204, 2);
        spe.Write(22, 1 << 8);
        spe.Write(23, 2);
        spe.Write(16, 0xb000);
        spe.Write(17, 0);
        spe.Write(18, 0x1_1100);
        spe.Write(19, 64);
        spe.Write(20, 10);
        spe.Problem(0x401c, 1);
        spe.Turn((ref state, channels) =>
        {
            state.Pc = 0x1238;
            return new SpuExit(SpuExitReason.Blocked, 24);
        });
        Assert.Equal(9u, spe.Problem(0x4024));
    }

    private static void GoOn(TestSpe spe, TestTable table, bool pageFault, uint decrementer)
    {
        // It is blocked again after one slice.
        Assert.Equal(1u, spe.Problem(0x4024));
        Assert.Equal(decrementer, spe.Read(8));
        Assert.Equal(SpuExitReason.Blocked, spe.Turn((ref state, channels) =>
        {
            Assert.Equal((0x1238u, 0x4440u), (state.Pc, state.Srr0));
            return channels.Count(24) == 0 ? new SpuExit(SpuExitReason.Blocked, 24) : new SpuExit(SpuExitReason.Halted);
        }).Reason);

        // The SLB is empty after a switch: the transfer meets a segment fault, then finds or misses its page.
        Assert.Equal(1ul, spe.Status(1));
        Assert.True(spe.Lines[1].Level);
        ulong at = pageFault ? 0x1_2000ul : 0x1_0800ul;
        Assert.Equal(at, spe.Shadow(0x620));
        LoadSlb(spe);
        table.Pages[(UserVsid, 0x10)] = new PageTranslation(new LparAddress(0x10000), 12, true);
        table.Pages[(UserVsid, 0x12)] = new PageTranslation(new LparAddress(0x12000), 12, true);
        table.Pages[(UserVsid, 5)] = new PageTranslation(new LparAddress(0x5000), 12, true);
        spe.Spe.ClearInterruptStatus(SpeInterruptClass.Translation, 3);
        spe.Privilege(0x3000, Restart);
        Assert.Equal(0ul, spe.Status(1));

        // The tag query is answered, and so is the proxy's.
        Assert.Equal(1u << 8, spe.Read(24));
        Assert.True(spe.Spe.IsRunnable);
        Assert.Equal(8ul, spe.Status(2) & 8);
        Assert.Equal(0u, spe.Problem(0x3204));
        ulong first = pageFault ? 0x11800ul : 0x10800ul;
        Assert.True(spe.Machine.Bytes(first, 0x1000).SequenceEqual(spe.LocalStore.Slice(0x9000, 0x1000)));

        // The list and the fenced transfer behind it still wait for the acknowledgement.
        Assert.Equal(14u, spe.Count(21));
        Assert.Equal(1u << 7, spe.Read(25));
        spe.Write(26, 7);
        Assert.Equal(16u, spe.Count(21));
        Assert.True(spe.Machine.Bytes(0x5000, 16).SequenceEqual(spe.LocalStore.Slice(0x8000, 16)));

        // The rest of the half command, mail, signal, events.
        spe.Write(21, 0x20);
        Assert.True(spe.IsComplete(10));
        Assert.True(spe.Machine.Bytes(0x11100, 64).SequenceEqual(spe.LocalStore.Slice(0xb000, 64)));
        Assert.Equal([101u, 102u, 103u], Enumerable.Range(0, 3).Select(_ => spe.Read(29)));
        Assert.Equal(0x2828u, spe.Problem(0x4004));
        Assert.Equal(0u, spe.Problem(0x4014) & 0x00ff_00ff);
        Assert.Equal(0x44u, spe.Read(4));
        Assert.Equal(0x720u, spe.Read(11));
        Assert.Equal(0x500u, spe.Read(0));
    }

    private static void LoadSlb(TestSpe spe)
    {
        spe.Privilege(0x1108, 3);
        spe.Privilege(0x1110, 0);
        spe.Privilege(0x1118, (UserVsid << 12) | 0xc00);
        spe.Privilege(0x1110, 0x0800_0000);
    }
}
