using CellPpe.Ppe.Engines;
using CellPpe.Ppe.State;

using Xunit;

namespace CellPpe.Tests.Execution;

/// <summary>Branches whose target the vectors cannot place: absolute ones, and distances over pages (Book I 2.4.1).</summary>
public abstract unsafe class BranchTests(PpuEngine engine) : IDisposable
{
    private readonly TestMachine _machine = new(engine);

    private ref PpuState State => ref _machine.State;

    public void Dispose()
    {
        _machine.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Instructions with tests here, and how many.</summary>
    public static IReadOnlyDictionary<string, int> Covered { get; } =
        new Dictionary<string, int> { ["ba"] = 2, ["bla"] = 2, ["bca"] = 2, ["bcla"] = 2 };

    [Theory]
    [InlineData("ba 0x2000", false)]
    [InlineData("bla 0x2000", true)]
    [InlineData("bca 20,0,0x2000", false)]
    [InlineData("bcla 20,0,0x2000", true)]
    public void An_absolute_branch_goes_to_its_field(string branch, bool links)
    {
        State.Lr = 1;
        _machine.Run($"ori r0,r0,0; {branch}");
        Assert.Equal(0x2000ul, State.Nia);
        Assert.Equal(links ? TestMachine.Code + 8 : 1, State.Lr);
    }

    [Theory]
    [InlineData("ba -4096")]
    [InlineData("bla -4096")]
    [InlineData("bca 20,0,-4096")]
    [InlineData("bcla 20,0,-4096")]
    public void An_absolute_target_is_sign_extended(string branch)
    {
        AddressSpace.WithCode(_machine);
        _machine.Run($"{branch}; ori r0,r0,0");
        Assert.Equal((0x480ul, 0xffff_ffff_ffff_f000), (State.Nia, State.Srr0));
    }

    [Theory]
    [InlineData("b 0x30000")]
    [InlineData("b 0x2000")]
    [InlineData("bc 20,0,0x17ffc")]
    [InlineData("bc 20,0,0x9000")]
    [InlineData("bl 0x11000")]
    [InlineData("bl 0x10000")]
    public void A_relative_branch_reaches_other_pages(string branch)
    {
        ulong target = Convert.ToUInt64(branch[branch.IndexOf("0x", StringComparison.Ordinal)..], 16);
        _machine.Load("addi r3,r3,1", target);
        _machine.Load($"{branch}", TestMachine.Code + 0x800 - 4);
        State.Nia = TestMachine.Code + 0x800 - 4;
        _machine.Step(2);
        Assert.Equal((1ul, target + 4), (State.Gpr[3], State.Nia));
        if (branch.StartsWith("bl", StringComparison.Ordinal))
            Assert.Equal(TestMachine.Code + 0x800, State.Lr);
    }

    [Fact]
    public void A_link_is_written_even_if_the_branch_is_not_taken()
    {
        _machine.Run("bcl 12,0,0x10100"); // CR is 0
        Assert.Equal((TestMachine.Code + 4, TestMachine.Code + 4), (State.Nia, State.Lr));
    }

    [Fact]
    public void Bclrl_branches_to_the_old_link()
    {
        State.Lr = TestMachine.Code + 0x103;
        _machine.Run("bclrl 20,0,0");
        Assert.Equal((TestMachine.Code + 0x100, TestMachine.Code + 4), (State.Nia, State.Lr));
    }
}
