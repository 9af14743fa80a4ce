namespace CellPpe.Recompiler;

/// <summary>What a slot holds where a region is entered: looked at then, and the region is not entered where it is otherwise.</summary>
/// <param name="Slot">A slot of sixteen bytes.</param>
/// <param name="High">The left half of what it holds.</param>
/// <param name="Low">The right half.</param>
public readonly record struct IrAssumption(IrSlot Slot, ulong High, ulong Low);
