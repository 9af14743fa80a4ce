using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CellPpe.Recompiler.Backends.Msil;

/// <summary>One instruction of a helper's MSIL.</summary>
/// <param name="Code">The operation; arguments and locals in their long forms.</param>
/// <param name="Operand">A number, a method, a field or null.</param>
internal readonly record struct HelperInsn(OpCode Code, object? Operand);

/// <summary>
/// The straight MSIL of a small static method. It is put in the place of a call, because the host's compiler inlines only so much
/// into one method and a region has hundreds of calls.
/// </summary>
/// <param name="Code">Without the return at its end.</param>
/// <param name="Locals">Types of the method's locals.</param>
/// <param name="Parameters">Types of its parameters.</param>
/// <param name="TakesStack">It begins with its arguments in their order and uses none again: they may simply be on the stack.</param>
internal sealed record HelperPlan(HelperInsn[] Code, Type[] Locals, Type[] Parameters, bool TakesStack);

/// <summary>
/// Reads the methods that compiled code calls: those marked to be inlined, in which every branch depends on what the host can do only.
/// Keeps what it has read; for any thread.
/// </summary>
/// <param name="inline">False: everything stays a call, so that what is emitted does not depend on the host.</param>
public sealed class HelperPlans(bool inline = true)
{
    private const int MostInstructions = 64;

    private static readonly Dictionary<int, OpCode> OpCodeOf = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(static field => (OpCode)field.GetValue(null)!).ToDictionary(static code => (int)(ushort)code.Value);

    private readonly ConcurrentDictionary<MethodInfo, HelperPlan?> _plans = new();

    /// <summary>What to put in the place of a call; null: the call.</summary>
    internal HelperPlan? Of(MethodInfo method) =>
        inline ? _plans.GetOrAdd(method, static one => IsCandidate(one) ? new Reader(one).Read() : null) : null;

    // What the host's library has is mostly one host instruction, which its compiler knows.
    private static bool IsCandidate(MethodInfo method) =>
        method.IsStatic && method.Module != typeof(object).Module
        && (method.MethodImplementationFlags & MethodImplAttributes.AggressiveInlining) != 0
        && method.GetMethodBody() is { ExceptionHandlingClauses.Count: 0 };

    private sealed class Reader(MethodInfo method)
    {
        private readonly MethodBody _body = method.GetMethodBody()!;
        private readonly byte[] _code = method.GetMethodBody()!.GetILAsByteArray()!;
        private readonly List<HelperInsn> _read = [];
        private int _at;

        public HelperPlan? Read()
        {
            while (_read.Count < MostInstructions)
            {
                HelperInsn insn = Next();
                if (insn.Code == OpCodes.Ret)
                    return Finish();
                if (!Take(insn))
                    return null;
            }

            return null;
        }

        private HelperPlan Finish()
        {
            Type[] parameters = [.. method.GetParameters().Select(static parameter => parameter.ParameterType)];
            bool takesStack = _read.Count(static insn => insn.Code == OpCodes.Ldarg) == parameters.Length;
            for (int number = 0; takesStack && number < parameters.Length; number++)
                takesStack = _read[number].Code == OpCodes.Ldarg && (int)_read[number].Operand! == number;
            return new HelperPlan(
                takesStack ? [.. _read.Skip(parameters.Length)] : [.. _read],
                [.. _body.LocalVariables.Select(static local => local.LocalType)], parameters, takesStack);
        }

        // False where the method cannot be inlined.
        private bool Take(HelperInsn insn)
        {
            switch (insn.Code.FlowControl)
            {
                case FlowControl.Next or FlowControl.Meta when insn.Code.OperandType is not (
                    OperandType.InlineType or OperandType.InlineTok):
                    if (insn.Code != OpCodes.Nop)
                        _read.Add(insn);
                    return insn.Code != OpCodes.Constrained && insn.Code != OpCodes.Ldarga && insn.Code != OpCodes.Ldloca
                        && insn.Code != OpCodes.Starg
                        && insn.Code != OpCodes.Localloc;
                case FlowControl.Call when insn.Code == OpCodes.Call:
                    _read.Add(insn);
                    return insn.Operand is MethodInfo;
                case FlowControl.Branch:
                    return Go((int)insn.Operand!);
                case FlowControl.Cond_Branch when insn.Code.StackBehaviourPop == StackBehaviour.Popi && Known() is { } known:
                    _read.RemoveAt(_read.Count - 1);
                    bool taken = known == (insn.Code == OpCodes.Brtrue || insn.Code == OpCodes.Brtrue_S);
                    return !taken || Go((int)insn.Operand!);
                default:
                    return false;
            }
        }

        private bool Go(int target)
        {
            bool forward = target > _at - 1;
            _at = target;
            return forward;
        }

        // Whether the host can do something does not change.
        private bool? Known() =>
            _read.Count > 0 && _read[^1].Operand is MethodInfo { Name: "get_IsSupported" or "get_IsHardwareAccelerated" } property
            && property.Module == typeof(Vector128).Module
                ? (bool)property.Invoke(null, null)!
                : null;

        private HelperInsn Next()
        {
            int value = _code[_at++];
            if (value == 0xfe)
                value = (value << 8) | _code[_at++];
            OpCode code = OpCodeOf[value];
            return Normal(code, code.OperandType switch
            {
                OperandType.InlineNone => null,
                OperandType.ShortInlineI when code != OpCodes.Ldc_I4_S => (object)(int)Byte(),
                OperandType.ShortInlineI => (int)(sbyte)Byte(),
                OperandType.ShortInlineVar => (int)Byte(),
                OperandType.InlineVar => (int)BitConverter.ToUInt16(Bytes(2)),
                OperandType.InlineI => BitConverter.ToInt32(Bytes(4)),
                OperandType.InlineI8 => BitConverter.ToInt64(Bytes(8)),
                OperandType.ShortInlineR => BitConverter.ToSingle(Bytes(4)),
                OperandType.InlineR => BitConverter.ToDouble(Bytes(8)),
                OperandType.ShortInlineBrTarget => Target((sbyte)Byte()),
                OperandType.InlineBrTarget => Target(BitConverter.ToInt32(Bytes(4))),
                OperandType.InlineMethod => method.Module.ResolveMethod(BitConverter.ToInt32(Bytes(4)), TypeArguments, MethodArguments),
                OperandType.InlineField => method.Module.ResolveField(BitConverter.ToInt32(Bytes(4)), TypeArguments, MethodArguments),
                OperandType.InlineSwitch => Table(),
                _ => (object)BitConverter.ToInt32(Bytes(4)),
            });
        }

        private Type[]? TypeArguments => method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null;

        private Type[]? MethodArguments => method.IsGenericMethod ? method.GetGenericArguments() : null;

        private byte Byte() => _code[_at++];

        private ReadOnlySpan<byte> Bytes(int count) => _code.AsSpan((_at += count) - count, count);

        private object Target(int distance) => _at + distance;

        private object? Table()
        {
            _at += 4 * BitConverter.ToInt32(Bytes(4));
            return null;
        }

        private static HelperInsn Normal(OpCode code, object? operand)
        {
            int value = (ushort)code.Value;
            return value switch
            {
                >= 0x02 and <= 0x05 => new HelperInsn(OpCodes.Ldarg, value - 0x02),
                >= 0x06 and <= 0x09 => new HelperInsn(OpCodes.Ldloc, value - 0x06),
                >= 0x0a and <= 0x0d => new HelperInsn(OpCodes.Stloc, value - 0x0a),
                0x0e => new HelperInsn(OpCodes.Ldarg, operand),
                0x0f => new HelperInsn(OpCodes.Ldarga, operand),
                0x10 => new HelperInsn(OpCodes.Starg, operand),
                0x11 => new HelperInsn(OpCodes.Ldloc, operand),
                0x12 => new HelperInsn(OpCodes.Ldloca, operand),
                0x13 => new HelperInsn(OpCodes.Stloc, operand),
                >= 0x15 and <= 0x1e => new HelperInsn(OpCodes.Ldc_I4, value - 0x16),
                0x1f => new HelperInsn(OpCodes.Ldc_I4, operand),
                _ => new HelperInsn(code, operand),
            };
        }
    }
}
