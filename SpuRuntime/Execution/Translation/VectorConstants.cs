using System.Runtime.Intrinsics;

using CellPpe.Recompiler;

namespace SpuRuntime.Execution.Translation;

/// <summary>Constant contents of registers in the intermediate representation: two constant doublewords.</summary>
internal static class VectorConstants
{
    /// <summary>A register's constant contents.</summary>
    public static IrValue Constant(IrBlock block, Vector128<byte> value) =>
        block.Binary(IrOp.VectorOf, block.Constant(value.AsUInt64().GetElement(1)), block.Constant(value.AsUInt64().GetElement(0)));

    /// <summary>True when a value is a constant number or vector.</summary>
    public static bool TryConstant(IrBlock block, IrValue value, out Vector128<byte> constant)
    {
        constant = default;
        if (block.TryConstant(value, out ulong number))
        {
            constant = Vector128.CreateScalar(number).AsByte();
            return true;
        }

        if (block[value] is not { Op: IrOp.VectorOf } vector || !block.TryConstant(vector.A, out ulong high)
            || !block.TryConstant(vector.B, out ulong low))
            return false;
        constant = Vector128.Create(low, high).AsByte();
        return true;
    }
}
