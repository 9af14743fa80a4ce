using CellPpe.Ppe.Isa;
using CellPpe.Ppe.State;

using Differential.Tests.Guest;

namespace Differential.Tests;

/// <summary>A thread can change its engine at any instruction: both leave the context in the same way.</summary>
public sealed class EngineSwitchTests
{
    private const int Rounds = 50;

    // Copies and sums bytes, with a call to the last three instructions each round.
    private static readonly uint[] Program =
    [
        Asm.Lbzu(rt: 7, ra: 1, si: 1),
        Asm.Bl(li: 16),
        Asm.Bc(bo: 16, bi: 0, bd: -8),
        Asm.Sc(lev: 0),
        0,
        Asm.AddcDot(rt: 8, ra: 8, rb: 7),
        Asm.Stbu(rs: 7, ra: 2, si: 2),
        Asm.Bclr(bo: 20, bi: 0, bh: 0),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Taking_turns_ends_where_the_interpreter_ends(int seed)
    {
        GuestCase start = CaseGenerator.Single(seed, PpuOp.Add) with { Words = Program };
        start = start with { State = Prepared(start.State) };
        using var core = new TestCore();

        (Outcome expected, int alone) = core.RunToSystemCall(start, static () => false);
        var random = new Random(seed);
        (Outcome mixed, int together) = core.RunToSystemCall(start, () => random.Next(2) == 0);

        Assert.Null(mixed.DifferenceFrom(expected));
        Assert.Equal((Rounds * 6) + 1, alone);
        Assert.Equal(alone, together);
    }

    private static PpuState Prepared(PpuState state)
    {
        state.Ctr = Rounds;
        state.Msr |= Msr.Sf;
        return state;
    }
}
