using CellPpe.Recompiler;
using CellPpe.Recompiler.Inspection;
using CellPpe.Recompiler.Passes;

namespace Differential.Tests.Ir;

/// <summary>What is carried from block to block of a region, and what is not.</summary>
public sealed unsafe class SlotConstantsTests
{
    private const ulong Outside = 0x9000;

    private static readonly IrSlot Register = new(0, 8);
    private static readonly IrSlot Other = new(8, 8);
    private static readonly IrSlot Narrow = new(16, 1);
    private static readonly IrSlot Quotient = new(24, 8);
    private static readonly IrHelper Changing = new(typeof(SlotConstantsTests), IrType.I64, [IrType.I64], Register, static (_, x) => x[0]);

    private static readonly PassPipeline Passes = PassPipeline.Standard(verify: true);

    [Fact]
    public void A_constant_of_the_only_way_in_is_read_as_one()
    {
        IrBlock first = Seven();
        GoTo(first, 0x1004);
        IrBlock second = Reader(0x1004, Outside);

        Assert.Contains("write s8:8, 7", Run([0], first, second)[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Ways_in_that_differ_make_none()
    {
        IrBlock first = Seven();
        first.GoTo(first.Constant(0x1008), first.Read(Other));
        GoTo(first, 0x1004);
        IrBlock second = Block(0x1004);
        second.Write(Register, second.Constant(8));
        GoTo(second, 0x1008);

        Assert.Contains("read s0:8", Run([0], first, second, Reader(0x1008, Outside))[2], StringComparison.Ordinal);
    }

    [Fact]
    public void An_exit_sees_what_was_written_before_it()
    {
        IrBlock first = Seven();
        first.GoTo(first.Constant(0x1008), first.Read(Other));
        first.Write(Register, first.Constant(8));
        GoTo(first, 0x1008);

        Assert.Contains("read s0:8", Run([0], first, Reader(0x1008, Outside))[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_known_where_the_region_is_entered()
    {
        IrBlock first = Seven();
        GoTo(first, 0x1004);

        Assert.Contains("read s0:8", Run([0, 1], first, Reader(0x1004, 0x1004))[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_loop_that_changes_it_makes_none()
    {
        IrBlock first = Seven();
        GoTo(first, 0x1004);
        IrBlock loop = Block(0x1004);
        loop.Write(Register, loop.Binary(IrOp.Add, loop.Read(Register), loop.Constant(1)));
        GoTo(loop, 0x1004);

        Assert.Contains("read s0:8", Run([0], first, loop)[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_helper_that_gets_the_slot_and_a_narrow_slot_make_none()
    {
        IrBlock first = Seven();
        first.Write(Narrow, first.Constant(0x107));
        first.Write(Quotient, first.Call(Changing, first.Read(Other)));
        GoTo(first, 0x1004);
        IrBlock second = Block(0x1004);
        second.Write(Other, second.Binary(IrOp.Add, second.Read(Register), second.Read(Narrow)));
        GoTo(second, Outside);

        string text = Run([0], first, second)[1];
        Assert.Contains("read s0:8", text, StringComparison.Ordinal);
        Assert.Contains("read s16:1", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_way_back_that_appears_with_a_constant_counts()
    {
        // The loop's target is a slot's, and constant: only then is it known that the loop is one.
        IrBlock first = Seven();
        first.Write(Other, first.Constant(0x1004));
        GoTo(first, 0x1004);
        IrBlock loop = Block(0x1004);
        loop.Write(Register, loop.Binary(IrOp.Add, loop.Read(Register), loop.Constant(1)));
        loop.GoTo(loop.Read(Other));

        string text = Run([0], first, loop)[1];
        Assert.Contains("read s0:8", text, StringComparison.Ordinal);
        Assert.Contains("exit next 0x1004", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_follows_from_constants_goes_on()
    {
        IrBlock first = Seven();
        GoTo(first, 0x1004);
        IrBlock second = Block(0x1004);
        second.Write(Register, second.Binary(IrOp.Add, second.Read(Register), second.Constant(1)));
        GoTo(second, 0x1008);

        Assert.Contains("write s8:8, 8", Run([0], first, second, Reader(0x1008, Outside))[2], StringComparison.Ordinal);
    }

    private static IrBlock Block(ulong address) => new(address) { Site = new IrSite(address, 1) };

    // Where the register becomes 7.
    private static IrBlock Seven()
    {
        IrBlock block = Block(0x1000);
        block.Write(Register, block.Constant(7));
        return block;
    }

    private static IrBlock Reader(ulong address, ulong next)
    {
        IrBlock block = Block(address);
        block.Write(Other, block.Read(Register));
        GoTo(block, next);
        return block;
    }

    private static void GoTo(IrBlock block, ulong address) => block.GoTo(block.Constant(address));

    private static string[] Run(int[] entries, params IrBlock[] blocks)
    {
        IrRegion region = new([.. blocks.Select(Passes.Run)], [.. blocks.Select(static _ => 1)], entries, []);
        return [.. SlotConstants.Run(region, Passes).Blocks.Select(static block => IrPrinter.Print(block))];
    }
}
