using CellPpe.Core.Ports;
using Lv1Hypervisor.Abi;
using Lv1Hypervisor.Contracts;
using Lv1Hypervisor.Partitions;
using Lv1Hypervisor.Policy;

namespace Lv1Hypervisor.Tests;

/// <summary>repository.md, and the argument order of the writing calls (lv1-calls.md 7).</summary>
public sealed class RepositoryTests : IDisposable
{
    private static readonly RepositoryKey HighmemBase = RepositoryKey.Parse("highmem/region0/base");

    private readonly TestMachine _machine = new(null, RepositoryNode.Machine("bus0/dev2/region3/size", 20971512));

    [Theory]
    [InlineData("bus1/dev2/region3/size", 0x6275_7301, 0x6465_7600_0000_0002, 0x7265_6769_6f6e_0003, 0x7369_7a65_0000_0000)]
    [InlineData("highmem/region0/base", 0x6869_6768, 0x7265_6769_6f6e_0000, 0x6261_7365_0000_0000, 0)]
    [InlineData("bi/pu0/1/rm_size", 0x6269_0000, 0x7075_0000_0000_0000, 1, 0x726d_5f73_697a_6500)]
    [InlineData("bi/rgntotal", 0x6269_0000, 0x7267_6e74_6f74_616c, 0, 0)]
    [InlineData("be0/0/clock", 0x6265_0000, 0, 0x636c_6f63_6b00_0000, 0)]
    public void Keys_are_encoded_as_guests_encode_them(string path, ulong n1, ulong n2, ulong n3, ulong n4) =>
        Assert.Equal(new RepositoryKey(n1, n2, n3, n4), RepositoryKey.Parse(path));

    [Theory]
    [InlineData("a/b/c/d/e")]
    [InlineData("toolongname")]
    [InlineData("rgntotal1")]
    public void Impossible_keys_are_a_mistake_of_the_configuration(string path) =>
        Assert.Throws<FormatException>(() => RepositoryKey.Parse(path));

    [Fact]
    public void The_nodes_that_a_boot_needs_exist()
    {
        Assert.Equal(TestMachine.BootSize, Read(Lpar.Id, RepositoryKey.Parse("bi/pu0/1/rm_size")).Out[0]);
        Assert.Equal(TestMachine.TotalSize, Read(0, RepositoryKey.Parse("bi/rgntotal")).Out[0]);
        Assert.Equal(0UL, Read(Lpar.MachineId, RepositoryKey.Parse("be0")).Out[0]);
        Assert.Equal(79_800_000UL, Read(Lpar.MachineId, RepositoryKey.Parse("be0/0/clock")).Out[0]);
        Assert.Equal(20971512UL, Read(Lpar.MachineId, RepositoryKey.Parse("bus0/dev2/region3/size")).Out[0]);
    }

    [Fact]
    public void Missing_nodes_and_foreign_partitions_return_no_entry()
    {
        Assert.Equal(Lv1Status.NoEntry, Read(Lpar.Id, HighmemBase).Status);
        Assert.Equal(Lv1Status.NoEntry, Read(3, RepositoryKey.Parse("bi/rgntotal")).Status);
        Assert.Equal(Lv1Status.NoEntry, Read(Lpar.MachineId, RepositoryKey.Parse("bi/rgntotal")).Status);
    }

    [Fact]
    public void Linux_creates_then_writes_with_the_name_in_r3()
    {
        RepositoryKey k = HighmemBase;
        _machine.Ok(Lv1Call.CreateRepositoryNode, k.N1, k.N2, k.N3, k.N4, 77, 1);
        _machine.Fails(Lv1Status.DuplicateEntry, Lv1Call.CreateRepositoryNode, k.N1, k.N2, k.N3, k.N4, 77, 1);
        Assert.Equal([77, 1], Read(Lpar.Id, k).Out[..2]);
        _machine.Ok(Lv1Call.WriteRepositoryNode, k.N1, k.N2, k.N3, k.N4, 0, 0);
        Assert.Equal([0, 0], Read(Lpar.Id, k).Out[..2]);
        _machine.Ok(Lv1Call.DeleteRepositoryNode, k.N1, k.N2, k.N3, k.N4);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.DeleteRepositoryNode, k.N1, k.N2, k.N3, k.N4);
        _machine.Fails(Lv1Status.NoEntry, Lv1Call.WriteRepositoryNode, k.N1, k.N2, k.N3, k.N4, 0, 0);
    }

    [Fact]
    public void A_partition_id_in_r3_shifts_the_rest()
    {
        RepositoryKey k = HighmemBase;
        _machine.Ok(Lv1Call.CreateRepositoryNode, Lpar.Id, k.N1, k.N2, k.N3, k.N4, 5, 6);
        Assert.Equal([5, 6], Read(0, k).Out[..2]);
        _machine.Ok(Lv1Call.DeleteRepositoryNode, 0, k.N1, k.N2, k.N3, k.N4);
        _machine.Fails(Lv1Status.NoPrivilege, Lv1Call.CreateRepositoryNode, 3, k.N1, k.N2, k.N3, k.N4, 5, 6);
    }

    [Fact]
    public void The_machines_nodes_can_be_written_only_with_the_capability()
    {
        RepositoryKey k = HighmemBase;
        _machine.Fails(Lv1Status.NoPrivilege, Lv1Call.CreateRepositoryNode, Lpar.MachineId, k.N1, k.N2, k.N3, k.N4, 5, 6);
        Assert.Equal(1, _machine.Lv1.Audit.Denied((ulong)Lv1Call.CreateRepositoryNode));

        using var privileged = new TestMachine(LparCapabilities.OtherOs with { MachineRepositoryWrite = true });
        privileged.Ok(Lv1Call.CreateRepositoryNode, Lpar.MachineId, k.N1, k.N2, k.N3, k.N4, 5, 6);
        Assert.Equal(5UL, privileged.Ok(Lv1Call.ReadRepositoryNode, Lpar.MachineId, k.N1, k.N2, k.N3, k.N4)[0]);
    }

    [Fact]
    public void A_guest_cannot_make_nodes_without_end()
    {
        ulong made = 0;
        while (_machine.Call(Lv1Call.CreateRepositoryNode, 0x6162_0000, made, 0, 0, 1, 1).Status == Lv1Status.Success)
            made++;
        Assert.InRange(made, 1000UL, 4096UL);
    }

    public void Dispose() => _machine.Dispose();

    private CallResult Read(ulong partition, RepositoryKey key) =>
        _machine.Call(Lv1Call.ReadRepositoryNode, partition, key.N1, key.N2, key.N3, key.N4);
}
