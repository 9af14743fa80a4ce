using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

using CellPpe.Recompiler.Backends.Msil;
using CellPpe.Recompiler.Backends.Msil.Emit;

using Xunit;

namespace Differential.Tests;

/// <summary>Helpers put in the place of calls do what the calls did.</summary>
public sealed class HelperPlanTests
{
    private static readonly HelperPlans Plans = new();

    private delegate Vector128<uint> Binary(Vector128<uint> a, Vector128<uint> b);

    public static TheoryData<string, bool> Helpers => new()
    {
        { nameof(Straight), true },
        { nameof(Swapped), true },
        { nameof(Twice), true },
        { nameof(Nested), true },
        { nameof(Known), true },
        { nameof(WithLocal), true },
        { nameof(Looks), false },
        { nameof(Loops), false },
        { nameof(Unmarked), false },
        { nameof(Elements), true },
    };

    [Theory, MemberData(nameof(Helpers))]
    public void A_helper_in_the_place_of_its_call_does_the_same(string name, bool inlined)
    {
        MethodInfo helper = typeof(HelperPlanTests).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!;
        Assert.Equal(inlined, Plans.Of(helper) is not null);
        Vector128<uint> a = Vector128.Create(1u, 20, 300, 0xffff_ffff);
        Vector128<uint> b = Vector128.Create(7u, 0x8000_0000, 5, 3);
        var called = helper.CreateDelegate<Binary>();

        Assert.Equal(called(a, b), Make(helper, inLocals: false)(a, b));
        Assert.Equal(called(a, b), Make(helper, inLocals: true)(a, b));
    }

    private static Binary Make(MethodInfo helper, bool inLocals)
    {
        var method = new DynamicMethod(
            "helper", typeof(Vector128<uint>), [typeof(Vector128<uint>), typeof(Vector128<uint>)], typeof(HelperPlanTests).Module,
            skipVisibility: true);
        ILGenerator il = method.GetILGenerator();
        var emitter = new HelperEmitter(il, Plans);
        LocalBuilder[] locals = [il.DeclareLocal(typeof(Vector128<uint>)), il.DeclareLocal(typeof(Vector128<uint>))];
        // Twice over, so that the second finds the locals of the first in use.
        for (int time = 0; time < 2; time++)
        {
            if (time == 0)
                il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldarg_1);
            if (inLocals)
            {
                il.Emit(OpCodes.Stloc, locals[1]);
                il.Emit(OpCodes.Stloc, locals[0]);
                emitter.Emit(helper, locals);
            }
            else
            {
                emitter.Emit(helper);
            }

            if (time == 0)
            {
                il.Emit(OpCodes.Pop);
                il.Emit(OpCodes.Ldarg_0);
            }
        }

        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<Binary>();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Straight(Vector128<uint> a, Vector128<uint> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Swapped(Vector128<uint> a, Vector128<uint> b) => b - a;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Twice(Vector128<uint> a, Vector128<uint> b) =>
        Vector128.ConditionalSelect(Vector128.GreaterThan(a, b), a, b << 3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Nested(Vector128<uint> a, Vector128<uint> b) =>
        Swapped(Twice(a, b), Straight(Twice(b, a), Swapped(a, b)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Known(Vector128<uint> a, Vector128<uint> b) => Sse2.IsSupported
        ? a ^ Vector128.Create(0x1234_5678u)
        : Vector128.IsHardwareAccelerated ? b : a;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> WithLocal(Vector128<uint> a, Vector128<uint> b)
    {
        Vector128<uint> difference = a - b;
        Vector128<uint> sum = Straight(difference, difference);
        return (sum * difference) | sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Looks(Vector128<uint> a, Vector128<uint> b) => a.ToScalar() == 1 ? b : a;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Loops(Vector128<uint> a, Vector128<uint> b)
    {
        for (uint count = a.ToScalar(); count != 0; count--)
            b += a;
        return b;
    }

    private static Vector128<uint> Unmarked(Vector128<uint> a, Vector128<uint> b) => a & b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Elements(Vector128<uint> a, Vector128<uint> b) => a.WithElement(1, b.GetElement(2));
}
