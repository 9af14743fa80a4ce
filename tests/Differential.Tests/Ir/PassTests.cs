using CellPpe.Recompiler;
using CellPpe.Recompiler.Inspection;
using CellPpe.Recompiler.Passes;

namespace Differential.Tests.Ir;

/// <summary>Each pass on blocks of a few instructions.</summary>
public sealed unsafe class PassTests
{
    private static readonly IrSlot Register = new(0, 8);
    private static readonly IrSlot Other = new(8, 8);
    private static readonly IrSlot Narrow = new(16, 1);
    private static readonly IrSlot Flag = new(17, 1, 1);
    private static readonly IrHelper Status = new(typeof(PassTests), IrType.I64, [IrType.I64], Register, static (_, x) => x[0]);

    [Fact]
    public void Folding_decides_exits_whose_condition_is_known()
    {
        IrBlock block = Block();
        IrValue condition = block.AppendAsIs(new IrInstruction(IrOp.Equal) { A = block.Constant(1), B = block.Constant(1) });
        block.AppendAsIs(
            new IrInstruction(IrOp.ExitIf) { A = condition, B = block.Constant(0x2000), Exit = IrExit.Next, Site = block.Site });
        block.GoTo(block.Constant(0x1004));

        Expect(new ConstantFolding(), block, "exit next 0x2000  @0x1000 #1");
    }

    [Fact]
    public void Folding_drops_exits_that_are_never_taken()
    {
        IrBlock block = Block();
        IrValue condition = block.AppendAsIs(new IrInstruction(IrOp.And) { A = block.Read(Register), B = block.Constant(0) });
        block.AppendAsIs(
            new IrInstruction(IrOp.ExitIf) { A = condition, B = block.Constant(0x2000), Exit = IrExit.Next, Site = block.Site });

        Expect(new ConstantFolding(), End(block), "v0 = read s0:8");
    }

    [Fact]
    public void Forwarding_reads_a_slot_once()
    {
        IrBlock block = Block();
        block.Write(Other, block.Binary(IrOp.Add, block.Read(Register), block.Read(Register)));

        Expect(new SlotForwarding(), End(block), "v0 = read s0:8", "v1 = add v0, v0", "write s8:8, v1");
    }

    [Fact]
    public void Forwarding_reads_what_was_written_cut_to_the_slot()
    {
        IrBlock block = Block();
        block.Write(Narrow, block.Read(Register));
        block.Write(Other, block.Read(Narrow));

        Expect(new SlotForwarding(), End(block), "v0 = read s0:8", "write s16:1, v0", "v1 = and v0, 0xff", "write s8:8, v1");
    }

    [Fact]
    public void Forwarding_does_not_cut_what_fits()
    {
        IrBlock block = Block();
        block.Write(Narrow, block.Binary(IrOp.Equal, block.Read(Register), block.Constant(7)));
        block.Write(Other, block.Read(Narrow));

        Expect(new SlotForwarding(), End(block), "v0 = read s0:8", "v1 = equal v0, 7", "write s16:1, v1", "write s8:8, v1");
    }

    [Fact]
    public void Forwarding_does_not_cut_fields()
    {
        var field = new IrSlot(17, 1, 4);
        IrBlock block = Block();
        block.Write(field, block.Read(Register));
        block.Write(Other, block.Read(field));

        Expect(new SlotForwarding(), End(block), "v0 = read s0:8", "write s17:1, v0", "write s8:8, v0");
    }

    [Fact]
    public void Forwarding_drops_a_write_of_what_is_there()
    {
        IrBlock block = Block();
        block.Write(Register, block.Read(Register));

        Expect(new SlotForwarding(), End(block), "v0 = read s0:8");
    }

    [Fact]
    public void Forwarding_knows_nothing_after_a_routine()
    {
        IrBlock block = Block();
        block.Write(Other, block.Read(Register));
        block.Perform(new IrRoutine(typeof(PassTests), 0), 5);
        block.Write(Other, block.Read(Register));

        Expect(
            new SlotForwarding(), End(block),
            "v0 = read s0:8", "write s8:8, v0", "perform PassTests 5  @0x1000 #1", "v1 = read s0:8", "write s8:8, v1");
    }

    [Fact]
    public void Forwarding_forgets_what_a_helper_changes_and_no_more()
    {
        IrBlock block = Block();
        IrValue sum = block.Binary(IrOp.Add, block.Read(Register), block.Read(Other));
        IrValue result = block.Call(Status, sum);
        block.Write(Other, block.Binary(IrOp.Add, block.Binary(IrOp.Add, result, block.Read(Register)), block.Read(Other)));

        Expect(
            new SlotForwarding(), End(block),
            "v0 = read s0:8", "v1 = read s8:8", "v2 = add v0, v1", "v3 = call PassTests &s0:8, v2",
            "v4 = read s0:8", "v5 = add v3, v4", "v6 = add v5, v1", "write s8:8, v6");
    }

    [Fact]
    public void Equal_values_are_computed_once()
    {
        IrBlock block = Block();
        IrValue value = block.Read(Register);
        block.Write(Register, block.Binary(IrOp.Add, value, block.Constant(1)));
        block.Write(Other, block.Binary(IrOp.Add, value, block.Constant(1)));

        Expect(new ValueNumbering(), End(block), "v0 = read s0:8", "v1 = add v0, 1", "write s0:8, v1", "write s8:8, v1");
    }

    [Fact]
    public void Calls_that_touch_the_state_are_not_merged()
    {
        IrBlock block = Block();
        block.Call(Status, block.Constant(1));
        block.Call(Status, block.Constant(1));

        Expect(new ValueNumbering(), End(block), "v0 = call PassTests &s0:8, 1", "v1 = call PassTests &s0:8, 1");
    }

    [Theory]
    [InlineData(3, "= less.signed v0, 7")]
    [InlineData(2, "less.signed 7, v0")]
    [InlineData(1, "equal v0, 7")]
    public void A_bit_of_an_order_is_its_comparison(int bit, string comparison)
    {
        IrBlock block = Block();
        IrValue order = block.Binary(IrOp.OrderSigned, block.Read(Register), block.Constant(7));
        IrValue field = block.Binary(IrOp.Or, order, block.Read(Flag));
        IrValue shifted = block.Binary(IrOp.ShiftRight, field, block.Constant((ulong)bit));
        block.Write(Other, block.Binary(IrOp.And, shifted, block.Constant(1)));

        IrBlock result = new DeadCodeElimination().Run(new BitExtraction().Run(End(block)));

        Assert.Contains(comparison, IrPrinter.Print(result), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bit_that_something_else_may_have_set_stays()
    {
        IrBlock block = Block();
        IrValue field = block.Binary(IrOp.Or, block.Binary(IrOp.OrderSigned, block.Read(Register), block.Constant(7)), block.Read(Narrow));
        block.Write(Other, block.Binary(IrOp.And, block.Binary(IrOp.ShiftRight, field, block.Constant(3)), block.Constant(1)));

        IrBlock result = new DeadCodeElimination().Run(new BitExtraction().Run(End(block)));

        Assert.Contains("order.signed", IrPrinter.Print(result), StringComparison.Ordinal);
    }

    [Fact]
    public void A_write_that_is_written_over_is_dead()
    {
        IrBlock block = Block();
        block.Write(Narrow, block.Constant(1));
        block.Write(Other, block.Constant(2));
        block.Write(Narrow, block.Constant(3));

        Expect(new DeadWriteElimination(), End(block), "write s8:8, 2", "write s16:1, 3");
    }

    [Fact]
    public void A_write_before_something_that_may_leave_is_seen()
    {
        IrBlock block = Block();
        block.Write(Narrow, block.Constant(1));
        block.Load(block.Constant(0), 4);
        block.Write(Narrow, block.Constant(3));

        Expect(new DeadWriteElimination(), End(block), "write s16:1, 1", "v0 = load4 0  @0x1000 #1", "write s16:1, 3");
    }

    [Fact]
    public void A_write_before_a_read_or_a_helper_is_seen()
    {
        IrBlock block = Block();
        block.Write(Register, block.Constant(1));
        block.Write(Other, block.Call(Status, block.Constant(2)));
        block.Write(Register, block.Read(Other));
        block.Write(Other, block.Constant(3));

        Expect(
            new DeadWriteElimination(), End(block),
            "write s0:8, 1", "v0 = call PassTests &s0:8, 2", "write s8:8, v0", "v1 = read s8:8", "write s0:8, v1", "write s8:8, 3");
    }

    [Fact]
    public void Unused_values_are_dead_but_not_accesses()
    {
        IrBlock block = Block();
        IrValue address = block.Read(Register);
        block.Binary(IrOp.Multiply, address, address);
        block.Load(address, 8);
        block.Call(Status with { State = null }, address);
        block.Call(Status, address);

        Expect(
            new DeadCodeElimination(), End(block),
            "v0 = read s0:8", "v1 = load8 v0  @0x1000 #1", "v2 = call PassTests &s0:8, v0");
    }

    private static IrBlock Block() => new(0x1000) { Site = new IrSite(0x1000, 1) };

    private static IrBlock End(IrBlock block)
    {
        block.GoTo(block.Constant(0x1004));
        return block;
    }

    private static void Expect(IIrPass pass, IrBlock block, params string[] lines)
    {
        IrVerifier.Verify(block);
        IrBlock result = pass.Run(block);
        IrVerifier.Verify(result);
        string[] printed =
            [.. IrPrinter.Print(result).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(static line => line.Trim())];
        if (!lines[^1].StartsWith("exit ", StringComparison.Ordinal))
            lines = [.. lines, "exit next 0x1004  @0x1000 #1"];
        Assert.Equal(lines, printed);
    }
}
