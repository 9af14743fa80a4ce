using System.Reflection;
using System.Runtime.Intrinsics;

using CellPpe.Ppe.Arithmetic;
using CellPpe.Ppe.Arithmetic.Vector.Float;
using CellPpe.Ppe.Arithmetic.Vector.Integer;
using CellPpe.Ppe.Arithmetic.Vector.Permute;
using CellPpe.Ppe.State;

namespace CellPpe.Tests.Vector;

/// <summary>Calls the operation type of a mnemonic, whichever of the operation interfaces it implements.</summary>
internal static class VectorOperation
{
    private delegate Vector128<byte> Runner(ref Vscr vscr, in VectorOperands operands, int immediate);

    /// <summary>Runs an entry's operation over all of its operands.</summary>
    /// <returns>Null if the mnemonic has no operation type: its meaning lies wholly in its semantics.</returns>
    public static IReadOnlyList<(Vector128<byte> Result, uint Vscr)>? RunAll(VectorEntry entry)
    {
        string mnemonic = entry.Mnemonic.TrimEnd('.');
        string name = $"{char.ToUpperInvariant(mnemonic[0])}{mnemonic[1..]}";
        string[] folders = [typeof(Vaddubm).Namespace!, typeof(Vaddfp).Namespace!, typeof(Vperm).Namespace!];
        Type? type = folders.Select(folder => typeof(Vaddubm).Assembly.GetType($"{folder}.{name}"))
            .SingleOrDefault(static found => found is not null);
        if (type is null)
            return null;

        Type contract = type.GetInterfaces().Single();
        string method = contract.Name["IPpu".Length..];
        MethodInfo generic = typeof(VectorOperation).GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)!;
        var run = generic.MakeGenericMethod(type).CreateDelegate<Runner>();
        int immediate = method.EndsWith("Immediate", StringComparison.Ordinal) ? entry.Immediate : 0;

        var results = new List<(Vector128<byte>, uint)>(entry.Operands.Count);
        foreach (VectorOperands operands in entry.Operands)
        {
            var vscr = new Vscr { Value = operands.Vscr };
            Vector128<byte> result = run(ref vscr, operands, immediate);
            results.Add((result, vscr.Value));
        }

        return results;
    }

    private static Vector128<byte> VectorUnary<T>(ref Vscr vscr, in VectorOperands o, int immediate)
        where T : IPpuVectorUnary => T.Apply(o.B);

    private static Vector128<byte> VectorBinary<T>(ref Vscr vscr, in VectorOperands o, int immediate)
        where T : IPpuVectorBinary => T.Apply(o.A, o.B);

    private static Vector128<byte> VectorTernary<T>(ref Vscr vscr, in VectorOperands o, int immediate)
        where T : IPpuVectorTernary => T.Apply(o.A, o.B, o.C);

    private static Vector128<byte> VectorImmediate<T>(ref Vscr vscr, in VectorOperands o, int immediate)
        where T : IPpuVectorImmediate => T.Apply(o.B, immediate);

    private static Vector128<byte> VectorBinaryImmediate<T>(ref Vscr vscr, in VectorOperands o, int immediate)
        where T : IPpuVectorBinaryImmediate => T.Apply(o.A, o.B, immediate);

    private static Vector128<byte> VectorStatusUnary<T>(ref Vscr vscr, in VectorOperands o, int immediate)
        where T : IPpuVectorStatusUnary => T.Apply(ref vscr, o.B);

    private static Vector128<byte> VectorStatusImmediate<T>(ref Vscr vscr, in VectorOperands o, int immediate)
        where T : IPpuVectorStatusImmediate => T.Apply(ref vscr, o.B, immediate);

    private static Vector128<byte> VectorStatusBinary<T>(ref Vscr vscr, in VectorOperands o, int immediate)
        where T : IPpuVectorStatusBinary => T.Apply(ref vscr, o.A, o.B);

    private static Vector128<byte> VectorStatusTernary<T>(ref Vscr vscr, in VectorOperands o, int immediate)
        where T : IPpuVectorStatusTernary => T.Apply(ref vscr, o.A, o.B, o.C);
}
