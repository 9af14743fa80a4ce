using System.Runtime.Intrinsics;

namespace CellPpe.Recompiler.Backends;

/// <summary>One block and the values of one run through it. For one thread at a time.</summary>
internal sealed unsafe class InterpretedBlock(IrBlock block) : ICompiledBlock
{
    // By instruction; 64-bit numbers stand in the low half, the high half is zero.
    private readonly Vector128<byte>[] _values = new Vector128<byte>[block.Instructions.Count];

    public BlockExit Run(byte* state, IBlockHost host)
    {
        for (int index = 0; index < _values.Length; index++)
        {
            IrInstruction insn = block.Instructions[index];
            switch (insn.Op)
            {
                case IrOp.ReadSlot:
                    _values[index] = ReadSlot(state, insn.Slot);
                    break;
                case IrOp.WriteSlot:
                    WriteSlot(state, insn.Slot, _values[insn.A.Index]);
                    break;
                case IrOp.Barrier:
                    Interlocked.MemoryBarrier();
                    break;
                case IrOp.Call:
                    _values[index] = Call(insn, state);
                    break;
                case IrOp.Perform:
                    if (!host.TryPerform(insn.Site, insn.Routine!, (uint)insn.Immediate))
                        return new BlockExit(IrExitKind.Host, insn.Site);
                    break;
                case IrOp.ExitIf when Number(insn.A) == 0:
                    break;
                case IrOp.ExitIf:
                    return Leave(insn, insn.B);
                case IrOp.Exit:
                    return Leave(insn, insn.A);
                default:
                    if (insn.Op.IsAccess)
                    {
                        if (!TryAccess(insn, host, out _values[index]))
                            return new BlockExit(IrExitKind.Host, insn.Site);
                    }
                    else
                    {
                        _values[index] = Evaluate(insn);
                    }

                    break;
            }
        }

        throw new InvalidOperationException($"block 0x{block.Address:x} has no end");
    }

    private BlockExit Leave(in IrInstruction insn, IrValue target) =>
        new(insn.Exit!.Kind, insn.Site, target.Exists ? Number(target) : 0, insn.Exit);

    private Vector128<byte> Call(in IrInstruction insn, byte* state)
    {
        Span<Vector128<byte>> arguments = stackalloc Vector128<byte>[insn.Helper!.Parameters.Length];
        for (int number = 0; number < arguments.Length; number++)
            arguments[number] = _values[insn.Operand(number).Index];
        return insn.Helper.Evaluate(state, arguments);
    }

    private Vector128<byte> Evaluate(in IrInstruction insn) => insn.Op switch
    {
        IrOp.Constant => Wide(insn.Immediate),
        IrOp.VectorHigh => Wide((ulong)(Vector(insn.A) >> 64)),
        IrOp.VectorLow => Wide((ulong)Vector(insn.A)),
        IrOp.VectorOf => Wide(new UInt128(Number(insn.A), Number(insn.B))),
        IrOp.VectorShiftLeftBytes => Wide(Number(insn.B) > 15 ? 0 : Vector(insn.A) << (8 * (int)Number(insn.B))),
        IrOp.VectorShiftRightBytes => Wide(Number(insn.B) > 15 ? 0 : Vector(insn.A) >> (8 * (int)Number(insn.B))),
        IrOp.VectorElement => Wide((ulong)(Vector(insn.A) >> (8 * (16 - (int)insn.Immediate - (int)Number(insn.B))))
            & (ulong.MaxValue >> (64 - (8 * (int)insn.Immediate)))),
        _ => Wide(IrArithmetic.Evaluate(insn.Op, insn.Immediate, NumberOrZero(insn.A), NumberOrZero(insn.B), NumberOrZero(insn.C))),
    };

    private bool TryAccess(in IrInstruction insn, IBlockHost host, out Vector128<byte> value)
    {
        value = default;
        switch (insn.Op)
        {
            case IrOp.Load:
                bool loaded = host.TryLoad(insn.Site, Number(insn.A), (int)insn.Immediate, out ulong number);
                value = Wide(number);
                return loaded;
            case IrOp.LoadVector:
                return TryLoadVector(insn.Site, host, Number(insn.A), out value);
            case IrOp.LoadVectorIf:
                return Number(insn.A) == 0 || TryLoadVector(insn.Site, host, Number(insn.B), out value);
            case IrOp.Store:
                return host.TryStore(insn.Site, Number(insn.A), (int)insn.Immediate, Number(insn.B));
            case IrOp.StoreVector:
                return host.TryStore(insn.Site, Number(insn.A), 8, (ulong)(Vector(insn.B) >> 64))
                    && host.TryStore(insn.Site, Number(insn.A) + 8, 8, (ulong)Vector(insn.B));
            default:
                return TryStoreBytes(insn, host);
        }
    }

    private bool TryStoreBytes(in IrInstruction insn, IBlockHost host)
    {
        for (int index = 0; index < (int)Number(insn.C); index++)
        {
            if (!host.TryStore(insn.Site, Number(insn.A) + (ulong)index, 1, (byte)(Vector(insn.B) >> (8 * (15 - index)))))
                return false;
        }

        return true;
    }

    private static bool TryLoadVector(in IrSite site, IBlockHost host, ulong address, out Vector128<byte> value)
    {
        ulong low = 0;
        bool loaded = host.TryLoad(site, address, 8, out ulong high) && host.TryLoad(site, address + 8, 8, out low);
        value = Wide(new UInt128(high, low));
        return loaded;
    }

    // Slots come from the guest's own layout, which lies inside its state struct.
    private static Vector128<byte> ReadSlot(byte* state, IrSlot slot) => slot.Bytes switch
    {
        1 => Wide(*(state + slot.Offset)),
        4 => Wide(*(uint*)(state + slot.Offset)),
        8 => Wide(*(ulong*)(state + slot.Offset)),
        _ => *(Vector128<byte>*)(state + slot.Offset),
    };

    private static void WriteSlot(byte* state, IrSlot slot, Vector128<byte> value)
    {
        ulong number = value.AsUInt64().ToScalar();
        if (slot.IsField && number >> slot.Bits != 0)
            throw new InvalidOperationException($"0x{number:x} does not fit the {slot.Bits} bits at state offset {slot.Offset}");
        switch (slot.Bytes)
        {
            case 1: *(state + slot.Offset) = (byte)number; break;
            case 4: *(uint*)(state + slot.Offset) = (uint)number; break;
            case 8: *(ulong*)(state + slot.Offset) = number; break;
            default: *(Vector128<byte>*)(state + slot.Offset) = value; break;
        }
    }

    private ulong Number(IrValue value) => _values[value.Index].AsUInt64().ToScalar();

    private ulong NumberOrZero(IrValue value) => value.Exists ? Number(value) : 0;

    private UInt128 Vector(IrValue value) => new(_values[value.Index].AsUInt64().GetElement(1), Number(value));

    private static Vector128<byte> Wide(ulong value) => Vector128.CreateScalar(value).AsByte();

    private static Vector128<byte> Wide(UInt128 value) => Vector128.Create((ulong)value, (ulong)(value >> 64)).AsByte();
}
