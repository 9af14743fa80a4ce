using System.Reflection;

using CellPpe.Core.Ports;

using SpuRuntime.Engine;
using SpuRuntime.Spe;
using SpuRuntime.State;

namespace SpuRuntime.Tests.Registers;

/// <summary>The actions that follow from a change are done by the thread that made the change, and by no other.</summary>
public class ActionTests
{
    private const ulong MfcControl = 0x3000;
    private const ulong Suspend = 1;
    private const ulong TagQueryState = 0x5008;
    private const ulong QueryAll = 4 | 2;
    private const int TagMask = 22;
    private const int TagStatus = 24;
    private const byte Put = 0x20;
    private const uint LocalAddress = 0x100;
    private const ulong Address = 0x1000;

    [Fact]
    public void Asking_an_SPE_for_something_carries_out_no_DMA()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        PrepareSuspendedPut(spe);
        // The write that resumes the queue does both: it wakes the SPU, which waits for its tag status, and then drives the queue.
        List<byte> seen = [];
        machine.OnWake = () =>
        {
            _ = spe.Spe.IsRunnable;
            _ = spe.Spe.BlockedOn;
            _ = spe.Spe.GetInterruptStatus(SpeInterruptClass.Application);
            spe.Shadow(0x140);
            spe.Channels.CheckEvents();
            spe.Channels.Count(0);
            spe.Channels.Read(8, out _);
            seen.Add(machine.Bytes(Address, 1)[0]);
        };
        spe.Privilege(MfcControl, 0);

        Assert.Equal([0], seen);
        Assert.Equal(0xab, machine.Bytes(Address, 1)[0]);
    }

    [Fact]
    public void A_change_that_makes_commands_ready_has_carried_them_out_when_it_returns()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        PrepareSuspendedPut(spe);
        Assert.Equal(0, machine.Bytes(Address, 1)[0]);
        machine.Woken.Clear();
        spe.Privilege(MfcControl, 0);

        Assert.Equal(0xab, machine.Bytes(Address, 1)[0]);
        Assert.Equal([spe.Spe], machine.Woken);
    }

    [Fact]
    public void No_part_of_an_SPE_holds_the_whole_SPE()
    {
        const BindingFlags All = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        IEnumerable<string> holders =
            from type in typeof(LogicalSpe).Assembly.GetTypes()
            where type != typeof(SpePool) && type.DeclaringType != typeof(SpePool)
            from field in type.GetFields(All)
            where field.FieldType == typeof(LogicalSpe) || field.FieldType == typeof(LogicalSpe[])
            select $"{type}.{field.Name}";
        Assert.Empty(holders);
    }

    // The SPU is blocked on a tag status that comes when the queue is resumed; a put of the proxy queue waits for that, too.
    private static void PrepareSuspendedPut(TestSpe spe)
    {
        spe.LocalStore[(int)LocalAddress] = 0xab;
        spe.Write(TagMask, 1);
        spe.Problem(0x401c, 1);
        spe.Privilege(MfcControl, Suspend);
        spe.Privilege(TagQueryState, QueryAll);
        Assert.Equal(0u, spe.Proxy(Put, LocalAddress, Address, 1));
        spe.Turn((ref _, _) => new SpuExit(SpuExitReason.Blocked, TagStatus));
        Assert.Equal(TagStatus, spe.Spe.BlockedOn);
    }
}
