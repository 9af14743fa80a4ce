using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CellPpe.Tests.Vector;

/// <summary>Helpers of tests that read a vector register.</summary>
internal static class Masks
{
    /// <summary>CR field 6 after a recording comparison, implemented independently from its definition.</summary>
    public static uint Cr6(Vector128<byte> mask)
    {
        UInt128 bits = Unsafe.BitCast<Vector128<byte>, UInt128>(mask);
        return bits == UInt128.MaxValue ? 8u : bits == 0 ? 2u : 0u;
    }

    /// <summary>The register as one hexadecimal number.</summary>
    public static string Show(Vector128<byte> value) => Unsafe.BitCast<Vector128<byte>, UInt128>(value).ToString("x32");
}
