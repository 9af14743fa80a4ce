namespace SpuRuntime.Tests.Mfc;

/// <summary>
/// MFC_WrTagUpdate, MFC_WrTagMask and MFC_RdTagStat as consoles were seen to have them, and the proxy's query beside them.
/// </summary>
public sealed class TagStatusTests
{
    private const byte GetList = 0x44;

    [Fact]
    public void A_status_that_has_not_been_read_stays_until_the_next_one_comes()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Write(22, 1 << 5);
        spe.Write(23, 0);
        Assert.Equal(1u, spe.Count(24));
        Stall(spe, 5);

        spe.Write(23, 2);
        Assert.Equal(1u, spe.Count(24));
        Assert.Equal(1u << 5, spe.Read(24));
        spe.AssertBlocksOnRead(24);

        spe.Write(26, 5);
        Assert.Equal(1u << 5, spe.Read(24));
        spe.AssertBlocksOnRead(24);
    }

    [Fact]
    public void A_new_status_takes_the_place_of_one_that_has_not_been_read()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Write(22, 1);
        spe.Write(23, 0);
        Stall(spe, 5);
        spe.Write(22, 1 << 5);
        spe.Write(23, 2);
        spe.Write(26, 5);

        Assert.Equal(1u, spe.Count(24));
        Assert.Equal(1u << 5, spe.Read(24));
        Assert.Equal(0u, spe.Count(24));
    }

    [Fact]
    public void Any_of_no_groups_waits_until_there_is_one_in_the_mask()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Write(22, 0);
        spe.Write(23, 1);
        spe.AssertBlocksOnRead(24);
        Assert.Equal(5ul, spe.Privilege(0x5008));

        spe.Write(22, 1 << 3);
        Assert.Equal(1u << 3, spe.Read(24));
        Assert.Equal(0ul, spe.Privilege(0x5008));
    }

    [Theory, InlineData(0), InlineData(2)]
    public void All_of_no_groups_and_an_immediate_request_wait_for_nothing(uint condition)
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Write(22, 0);
        spe.Write(23, condition);
        Assert.Equal(0u, spe.Read(24));
    }

    [Fact]
    public void A_proxy_query_for_any_of_no_groups_waits_as_well()
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        spe.Problem(0x321c, 0);
        spe.Problem(0x3204, 1);
        Assert.Equal(1u, spe.Problem(0x3204));
        Assert.Equal(0ul, spe.Status(2) & 8);

        spe.Problem(0x321c, 4);
        Assert.Equal(0u, spe.Problem(0x3204));
        Assert.Equal(8ul, spe.Status(2) & 8);
        Assert.Equal(4u, spe.Problem(0x322c));
    }

    private static void Stall(TestSpe spe, uint tag)
    {
        spe.ListElement(0x100, stall: true, 0, 0);
        spe.Command(GetList, 0, 0x100, 8, tag);
    }
}
