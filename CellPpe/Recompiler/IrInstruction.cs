namespace CellPpe.Recompiler;

/// <summary>One instruction of a block; what is not used by its operation is left at the default.</summary>
/// <param name="Op">What it does.</param>
public readonly record struct IrInstruction(IrOp Op)
{
    /// <summary>The most operands an instruction has.</summary>
    public const int MaxOperands = 4;

    /// <summary>First operand.</summary>
    public IrValue A { get; init; }

    /// <summary>Second operand.</summary>
    public IrValue B { get; init; }

    /// <summary>Third operand.</summary>
    public IrValue C { get; init; }

    /// <summary>Fourth operand.</summary>
    public IrValue D { get; init; }

    /// <summary>A constant's value, a width in bits or bytes, a routine's instruction word.</summary>
    public ulong Immediate { get; init; }

    /// <summary>The place of the state, of a slot read or write.</summary>
    public IrSlot Slot { get; init; }

    /// <summary>
    /// Of a write: it is overwritten before anything sees it but loads, for a guest whose loads never fault. Where compiled code leaves at
    /// one of those, hoping that it would not, it must be made up for.
    /// </summary>
    public bool IsSeenByLoadsOnly { get; init; }

    /// <summary>Where it leaves from, if it may leave.</summary>
    public IrSite Site { get; init; }

    /// <summary>What a Call calls.</summary>
    public IrHelper? Helper { get; init; }

    /// <summary>What a Perform performs.</summary>
    public IrRoutine? Routine { get; init; }

    /// <summary>How an Exit or ExitIf leaves.</summary>
    public IrExit? Exit { get; init; }

    /// <summary>The type of its result.</summary>
    public IrType Type => Op switch
    {
        IrOp.ReadSlot => Slot.Type,
        IrOp.Call => Helper!.Result,
        IrOp.VectorOf or IrOp.VectorShiftLeftBytes or IrOp.VectorShiftRightBytes or IrOp.LoadVector or IrOp.LoadVectorIf => IrType.V128,
        IrOp.Constant or IrOp.VectorHigh or IrOp.VectorLow or IrOp.VectorElement or IrOp.Load => IrType.I64,
        _ => Op.IsArithmetic ? IrType.I64 : IrType.None,
    };

    /// <summary>No effect but its value, and a value that depends on operands alone.</summary>
    public bool IsPure => Op.IsPure || (Op == IrOp.Call && Helper!.State is null);

    /// <summary>
    /// May leave the block, so that every slot must be up to date. A helper with a fast path does
    /// where compiled code takes a side exit for operands that the fast path does not accept.
    /// </summary>
    public bool MayLeave => Op.MayLeave || Helper is { MaySideExit: true };

    /// <summary>The operand of that number, 0..3.</summary>
    public IrValue Operand(int index) => index switch { 0 => A, 1 => B, 2 => C, _ => D };
}
