using System.Diagnostics.CodeAnalysis;

namespace CellPpe.Recompiler.Passes;

/// <summary>
/// What is known of slots at a place in a block. Instructions take knowledge away: a write of a slot or of what shares bytes with it, a
/// helper of the slot it gets, a routine all of it.
/// </summary>
/// <typeparam name="T">What is known of one.</typeparam>
internal sealed class KnownSlots<T>
{
    private readonly Dictionary<IrSlot, T> _known;

    /// <summary>Nothing is known.</summary>
    public KnownSlots() => _known = [];

    /// <summary>The same is known as elsewhere.</summary>
    public KnownSlots(KnownSlots<T> other) => _known = new Dictionary<IrSlot, T>(other._known);

    /// <summary>Whether nothing is known.</summary>
    public bool IsEmpty => _known.Count == 0;

    /// <summary>Whether something is known of a slot.</summary>
    public bool TryGet(IrSlot slot, [MaybeNullWhen(false)] out T value) => _known.TryGetValue(slot, out value);

    /// <summary>From now on this is known of a slot.</summary>
    public void Learn(IrSlot slot, T value) => _known[slot] = value;

    /// <summary>Goes over an instruction, and forgets what it changes.</summary>
    public void Pass(in IrInstruction insn)
    {
        if (insn.Op == IrOp.WriteSlot)
            Forget(insn.Slot);
        else if (insn.Op == IrOp.Call && insn.Helper!.State is { } state)
            Forget(state);
        else if (insn.Op == IrOp.Perform)
            _known.Clear();
    }

    /// <summary>Keeps what is known elsewhere, too.</summary>
    /// <returns>True when something was lost.</returns>
    public bool KeepCommon(KnownSlots<T> other)
    {
        IrSlot[] lost =
            [.. _known.Where(entry => !other.TryGet(entry.Key, out T? value) || !EqualityComparer<T>.Default.Equals(value, entry.Value))
                .Select(static entry => entry.Key)];
        foreach (IrSlot slot in lost)
            _known.Remove(slot);
        return lost.Length > 0;
    }

    private void Forget(IrSlot written)
    {
        foreach (IrSlot slot in _known.Keys.Where(written.Overlaps).ToArray())
            _known.Remove(slot);
    }
}
