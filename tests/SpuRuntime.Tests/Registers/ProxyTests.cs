namespace SpuRuntime.Tests.Registers;

/// <summary>
/// How a proxy command gets into its queue: by a read of MFC_CMDStatus (CBE Public Registers 3.4.2;
/// Lv1Hypervisor/Reference/hardware-facts.md, SPU).
/// </summary>
public sealed class ProxyTests
{
    private const ulong LocalStoreAddress = 0x3004;
    private const ulong AddressHigh = 0x3008;
    private const ulong AddressLow = 0x300c;
    private const ulong SizeAndTag = 0x3010;
    private const ulong Command = 0x3014;
    private const ulong QueueStatus = 0x3104;

    [Fact]
    public void A_command_is_enqueued_when_its_status_is_read()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.LocalStore[0x100] = 7;
        Write(spe, 0x100, 0x1000);
        Assert.Equal(0, machine.Bytes(0x1000, 1)[0]);
        Assert.Empty(machine.Writes);

        Assert.Equal(0u, spe.Problem(Command));
        Assert.Equal(7, machine.Bytes(0x1000, 1)[0]);
        // The status remains, and nothing is enqueued twice.
        Assert.Equal(0u, spe.Problem(Command));
        Assert.Single(machine.Writes);
    }

    [Fact]
    public void The_last_write_of_each_register_counts_in_any_order()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.LocalStore.Slice(0x200, 16).Fill(9);
        spe.Problem(Command, 0x40);
        Write(spe, 0x100, 0x1000);
        spe.Problem(AddressLow, 0x3000);
        spe.Problem(LocalStoreAddress, 0x200);
        spe.Problem(Command, 0x20);
        spe.Problem(SizeAndTag, (16 << 16) | 4);

        Assert.Equal(0u, spe.Problem(Command));
        Assert.Equal((0, 9), (machine.Bytes(0x1000, 1)[0], machine.Bytes(0x3000, 1)[0]));
    }

    [Fact]
    public void An_attempt_that_fails_keeps_what_has_been_written()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        // Parts are missing: a sequence error, until the last of them is there.
        spe.Problem(LocalStoreAddress, 0x100);
        Assert.Equal(1u, spe.Problem(Command));
        spe.Problem(Command, 0x20);
        Assert.Equal(1u, spe.Problem(Command));
        spe.Problem(SizeAndTag, 16 << 16);
        Assert.Equal(1u, spe.Problem(Command));
        spe.Problem(AddressLow, 0x1000);
        Assert.Equal(0u, spe.Problem(Command));
        Assert.Single(machine.Writes);

        // No room: the same command goes in as soon as there is some.
        spe.Privilege(0x3000, 1);
        for (uint i = 0; i < 8; i++)
            Assert.Equal(0u, spe.Proxy(0x20, 0, 0x2000 + (i * 16), 16, i));
        spe.LocalStore[0x300] = 5;
        Write(spe, 0x300, 0x4000);
        Assert.Equal(2u, spe.Problem(Command));
        Assert.Equal(2u, spe.Problem(Command));
        spe.Privilege(0x3000, 0);
        Assert.Equal(0x8000_0008u, spe.Problem(QueueStatus));
        Assert.Equal(0u, spe.Problem(Command));
        Assert.Equal(5, machine.Bytes(0x4000, 1)[0]);
    }

    [Fact]
    public void A_command_uses_its_parameters_up()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Problem(AddressHigh, 1);
        Write(spe, 0x100, 0x1000);
        Assert.Equal(0u, spe.Problem(Command));
        Assert.Equal(2ul, spe.Status(1));
        spe.Privilege(0x3000, 1 << 15);
        spe.Privilege(0x3000, 0);
        Assert.Equal(0u, spe.Problem(AddressHigh));

        spe.Problem(Command, 0x20);
        Assert.Equal(1u, spe.Problem(Command));
        Write(spe, 0x100, 0x1000);
        Assert.Equal(0u, spe.Problem(Command));
        Assert.Single(machine.Writes);
    }

    [Fact]
    public void One_64_bit_load_of_the_last_pair_enqueues_too()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        Write(spe, 0x100, 0x1000);
        Assert.Equal(0u, (uint)spe.Spe.ProblemState.Read(SizeAndTag, 8));
        Assert.Single(machine.Writes);
    }

    [Fact]
    public void Another_SPE_enqueues_by_DMA()
    {
        using TestMachine machine = new(2);
        TestSpe spe = machine.Spes[0];
        TestSpe other = machine.Spes[1];
        ulong area = TestMachine.ProblemStatesAt + (1 << 20);
        Write(other, 0x100, 0x1000);
        spe.LocalStore.Slice(0x2004, 4).Fill(0xff);
        spe.Command(0x40, 0x2004, area + Command, 4);
        Assert.Equal(-1, spe.LocalStore.Slice(0x2004, 4).IndexOfAnyExcept((byte)0));
        Assert.Single(machine.Writes);
    }

    private static void Write(TestSpe spe, uint local, uint address)
    {
        spe.Problem(LocalStoreAddress, local);
        spe.Problem(AddressLow, address);
        spe.Problem(SizeAndTag, 16 << 16);
        spe.Problem(Command, 0x20);
    }
}
