using System.Reflection.Emit;
using System.Runtime.Intrinsics;

namespace CellPpe.Recompiler.Backends.Msil.Slots;

/// <summary>
/// Where a region's slots are while it runs: each in a local of its own, or in a place of a local that four vectors share.
/// </summary>
internal sealed class SlotHomes
{
    private readonly RegionCode _code;
    private readonly LocalBuilder[] _locals;

    // For each slot, its place in a shared local; -1 in one of its own.
    private readonly int[] _lanes;

    /// <param name="code">The region.</param>
    /// <param name="table">The slots.</param>
    /// <param name="typeOf">The type of a slot's own local.</param>
    /// <param name="packed">Which slots share one; null: none.</param>
    public SlotHomes(RegionCode code, SlotTable table, Func<IrSlot, Type> typeOf, PackedSlots? packed)
    {
        _code = code;
        _locals = new LocalBuilder[table.Slots.Count];
        _lanes = new int[_locals.Length];
        Array.Fill(_lanes, -1);
        foreach (PackedTuple tuple in packed?.Tuples ?? [])
        {
            LocalBuilder shared = code.Il.DeclareLocal(typeof(Vector512<byte>));
            for (int number = 0; number < tuple.Slots.Length; number++)
            {
                int slot = table.NumberOf(tuple.Slots[number]);
                (_locals[slot], _lanes[slot]) = (shared, tuple.Lanes[number]);
            }
        }

        for (int slot = 0; slot < _locals.Length; slot++)
            _locals[slot] ??= code.Il.DeclareLocal(typeOf(table.Slots[slot]));
    }

    /// <summary>The slot's local, its own or one that it shares.</summary>
    public LocalBuilder this[int slot] => _locals[slot];

    /// <summary>Whether the slot shares its local.</summary>
    public bool IsShared(int slot) => _lanes[slot] >= 0;

    /// <summary>Whether a local is a slot's.</summary>
    public bool Has(LocalBuilder local) => Array.IndexOf(_locals, local) >= 0;

    /// <summary>Puts what the slot holds on the stack.</summary>
    public void EmitRead(int slot)
    {
        _code.Il.Emit(OpCodes.Ldloc, _locals[slot]);
        if (IsShared(slot))
            _code.Call(PackArithmetic.Lane(_lanes[slot]));
    }

    /// <summary>Gives the slot what is on the stack.</summary>
    public void EmitWrite(int slot)
    {
        if (IsShared(slot))
        {
            _code.Il.Emit(OpCodes.Ldloc, _locals[slot]);
            _code.Call(PackArithmetic.Put(_lanes[slot]));
        }

        _code.Il.Emit(OpCodes.Stloc, _locals[slot]);
    }
}
