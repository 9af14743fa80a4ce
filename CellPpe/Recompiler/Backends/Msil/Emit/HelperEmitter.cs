using System.Reflection;
using System.Reflection.Emit;

namespace CellPpe.Recompiler.Backends.Msil.Emit;

/// <summary>Emits what a helper does, in the place of a call where that can be.</summary>
internal sealed class HelperEmitter(ILGenerator il, HelperPlans plans)
{
    // A helper within a helper within a helper is enough.
    private const int Deepest = 8;

    private readonly LocalPool _locals = new(il);

    /// <summary>True when the helper would take its arguments from locals: it uses them more than once or in another order.</summary>
    public bool WantsLocals(MethodInfo method) => plans.Of(method) is { TakesStack: false };

    /// <summary>Emits a helper whose arguments are on the stack.</summary>
    public void Emit(MethodInfo method) => Emit(method, 0);

    /// <summary>Emits a helper whose arguments are in locals.</summary>
    public void Emit(MethodInfo method, ReadOnlySpan<LocalBuilder> arguments)
    {
        if (plans.Of(method) is { TakesStack: false } plan)
        {
            Emit(plan, arguments, 0);
            return;
        }

        foreach (LocalBuilder argument in arguments)
            il.Emit(OpCodes.Ldloc, argument);
        Emit(method, 0);
    }

    private void Emit(MethodInfo method, int depth)
    {
        if (depth > Deepest || plans.Of(method) is not { } plan)
        {
            il.Emit(OpCodes.Call, method);
            return;
        }

        if (plan.TakesStack)
        {
            Emit(plan, [], depth);
            return;
        }

        LocalBuilder[] arguments = [.. plan.Parameters.Select(_locals.Take)];
        for (int number = arguments.Length - 1; number >= 0; number--)
            il.Emit(OpCodes.Stloc, arguments[number]);
        Emit(plan, arguments, depth);
        _locals.Give(arguments);
    }

    private void Emit(HelperPlan plan, ReadOnlySpan<LocalBuilder> arguments, int depth)
    {
        LocalBuilder[] locals = [.. plan.Locals.Select(_locals.Take)];
        foreach (HelperInsn insn in plan.Code)
        {
            if (insn.Code == OpCodes.Ldarg)
                il.Emit(OpCodes.Ldloc, arguments[(int)insn.Operand!]);
            else if (insn.Code == OpCodes.Ldloc || insn.Code == OpCodes.Stloc)
                il.Emit(insn.Code, locals[(int)insn.Operand!]);
            else
                EmitPlain(insn, depth);
        }

        _locals.Give(locals);
    }

    private void EmitPlain(HelperInsn insn, int depth)
    {
        switch (insn.Operand)
        {
            case null:
                il.Emit(insn.Code);
                break;
            case MethodInfo callee:
                Emit(callee, depth + 1);
                break;
            case FieldInfo field:
                il.Emit(insn.Code, field);
                break;
            case int number:
                il.Emit(insn.Code, number);
                break;
            case long number:
                il.Emit(insn.Code, number);
                break;
            case float number:
                il.Emit(insn.Code, number);
                break;
            case double number:
                il.Emit(insn.Code, number);
                break;
            default:
                throw new InvalidOperationException($"an operand of {insn.Code} is a {insn.Operand.GetType()}");
        }
    }
}
