using CellPpe.Recompiler;
using CellPpe.Recompiler.Inspection;

namespace Differential.Tests.Ir;

/// <summary>Building folds, and the verifier refuses what is not well formed.</summary>
public sealed class BlockTests
{
    private static readonly IrSlot Register = new(0, 8);
    private static readonly IrSlot Wide = new(16, 16);

    [Fact]
    public void Constants_fold_as_the_block_is_built()
    {
        IrBlock block = Block();

        IrValue sum = block.Binary(IrOp.Add, block.Constant(40), block.Constant(2));

        Assert.True(block.TryConstant(sum, out ulong value));
        Assert.Equal(42UL, value);
        Assert.Equal(sum, block.Constant(42));
    }

    [Theory]
    [InlineData(IrOp.Add, 0UL)]
    [InlineData(IrOp.Or, 0UL)]
    [InlineData(IrOp.ShiftRight, 0UL)]
    [InlineData(IrOp.RotateLeft, 0UL)]
    [InlineData(IrOp.And, ulong.MaxValue)]
    public void Neutral_constants_leave_the_value(IrOp op, ulong constant)
    {
        IrBlock block = Block();
        IrValue value = block.Read(Register);

        Assert.Equal(value, block.Binary(op, value, block.Constant(constant)));
    }

    [Fact]
    public void A_zero_on_the_left_of_a_subtraction_or_shift_does_not()
    {
        IrBlock block = Block();
        IrValue value = block.Read(Register);

        Assert.NotEqual(value, block.Binary(IrOp.Subtract, block.Constant(0), value));
        Assert.NotEqual(value, block.Binary(IrOp.ShiftLeft, block.Constant(0), value));
    }

    [Fact]
    public void Divisions_without_a_quotient_are_zero()
    {
        IrBlock block = Block();

        Assert.Equal(block.Constant(0), block.Binary(IrOp.DivideUnsigned, block.Constant(5), block.Constant(0)));
        Assert.Equal(block.Constant(0), block.Binary(IrOp.DivideSigned, block.Constant(1UL << 63), block.Constant(ulong.MaxValue)));
    }

    [Fact]
    public void Nothing_follows_the_last_exit()
    {
        IrBlock block = Block();
        block.GoTo(block.Constant(0x1004));

        Assert.Throws<InvalidOperationException>(() => block.Write(Register, block.Constant(0x1004)));
    }

    [Fact]
    public void The_verifier_wants_an_end() => Assert.Contains("does not end", IrVerifier.Check(Block()), StringComparison.Ordinal);

    [Fact]
    public void The_verifier_refuses_wrong_types()
    {
        IrBlock block = Block();
        block.AppendAsIs(new IrInstruction(IrOp.Add) { A = block.Read(Wide), B = block.Constant(1) });

        Assert.Contains("operand 0 is V128, not I64", Complaint(block), StringComparison.Ordinal);
    }

    [Fact]
    public void The_verifier_refuses_use_before_definition()
    {
        IrBlock other = Block();
        other.Read(Register);
        IrValue later = other.Read(Register);
        IrBlock block = Block();
        block.AppendAsIs(new IrInstruction(IrOp.WriteSlot) { Slot = Register, A = later });

        Assert.Contains("before it is made", Complaint(block), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(IrOp.Add, "lacks operand 0")]
    [InlineData(IrOp.Load, "lacks operand 0")]
    [InlineData(IrOp.ReadSlot, "no such slot")]
    [InlineData(IrOp.Perform, "performs nothing")]
    [InlineData(IrOp.Call, "calls nothing")]
    public void The_verifier_refuses_incomplete_instructions(IrOp op, string complaint)
    {
        IrBlock block = Block();
        block.AppendAsIs(new IrInstruction(op));

        Assert.Contains(complaint, Complaint(block), StringComparison.Ordinal);
    }

    private static IrBlock Block() => new(0x1000) { Site = new IrSite(0x1000, 1) };

    private static string Complaint(IrBlock block)
    {
        block.GoTo(block.Constant(0x1004));
        return IrVerifier.Check(block) ?? "";
    }
}
