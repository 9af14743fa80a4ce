using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SpuRuntime.Arithmetic;

/// <summary>The preferred word slot, where scalar operands of a register are (SPU ISA 2.2).</summary>
internal static class Preferred
{
    private const int Lane = 3;

    /// <summary>The word in the preferred slot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint In(Vector128<byte> register) => register.AsUInt32().GetElement(Lane);

    /// <summary>A register with a word in its preferred slot and zeros elsewhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Of(uint word) => Vector128.Create(0, 0, 0, word).AsByte();
}
