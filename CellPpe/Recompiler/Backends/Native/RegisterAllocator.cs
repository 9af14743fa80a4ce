using System.Numerics;

using static CellPpe.Recompiler.Backends.Native.X64Register;

namespace CellPpe.Recompiler.Backends.Native;

/// <summary>
/// Gives the values of one block registers as they are made and takes them back behind the last use. When there is none left,
/// the value that is needed last goes to the frame.
/// </summary>
internal sealed class RegisterAllocator(X64Writer x, BlockAnalysis analysis, NativeLayout layout)
{
    private const int Nobody = -1;

    // rax, rcx and rdx are for within one instruction; rbx, r12 and r14 hold the context, the TLB and the budget.
    private const uint Allocatable = (1u << Rbp) | (1u << Rsi) | (1u << Rdi) | 0x0f00u | (1u << R13) | (1u << R15);

    private readonly int[] _ownerOf = new int[16];
    private int[] _registerOf = new int[1024];
    private int[] _spillOf = new int[1024];
    private uint _free;
    private uint _pinned;
    private ulong _freeSpills;

    /// <summary>True when the block has more values at once than there is room for: its code is wrong.</summary>
    public bool HasFailed { get; private set; }

    public void Begin(int values)
    {
        if (values > _registerOf.Length)
            (_registerOf, _spillOf) = (new int[2 * values], new int[2 * values]);
        Array.Fill(_registerOf, Nobody, 0, values);
        Array.Fill(_spillOf, Nobody, 0, values);
        Array.Fill(_ownerOf, Nobody);
        _free = Allocatable;
        HasFailed = false;
        _pinned = 0;
        _freeSpills = ulong.MaxValue;
    }

    /// <summary>The register that holds a value, which stays there until <see cref="EndInstruction"/>.</summary>
    public int Use(int value)
    {
        int register = _registerOf[value];
        if (register == Nobody)
        {
            register = Take();
            Own(register, value);
            if (analysis.IsConstant(value))
                x.MoveImmediate(register, analysis.ConstantOf(value));
            else
                x.Load(register, Rbx, SpillAddress(_spillOf[value]), 8);
        }

        _pinned |= 1u << register;
        return register;
    }

    /// <summary>A register for a new value.</summary>
    public int Define(int value)
    {
        int register = Take();
        Own(register, value);
        _pinned |= 1u << register;
        return register;
    }

    /// <summary>A register for a new value, which begins as a copy of an old one: the old one's own if it is not needed any more.</summary>
    public int DefineFrom(int value, int old, int index)
    {
        int source = Use(old);
        if (analysis.LastUse(old) == index)
        {
            _registerOf[old] = Nobody;
            FreeSpill(old);
            Own(source, value);
            return source;
        }

        int register = Define(value);
        x.Move(register, source);
        return register;
    }

    /// <summary>Nothing of an instruction's is needed any more but what outlives it.</summary>
    public void EndInstruction(int index)
    {
        _pinned = 0;
        for (uint taken = Allocatable & ~_free; taken != 0; taken &= taken - 1)
        {
            int register = BitOperations.TrailingZeroCount(taken);
            int owner = _ownerOf[register];
            // Constants are cheap to make again.
            if (analysis.LastUse(owner) > index && !analysis.IsConstant(owner))
                continue;
            _registerOf[owner] = Nobody;
            FreeSpill(owner);
            _ownerOf[register] = Nobody;
            _free |= 1u << register;
        }
    }

    private void Own(int register, int value)
    {
        _ownerOf[register] = value;
        _registerOf[value] = register;
        _free &= ~(1u << register);
    }

    private int Take()
    {
        if (_free != 0)
            return BitOperations.TrailingZeroCount(_free);
        int victim = Nobody;
        for (uint candidates = Allocatable & ~_pinned; candidates != 0; candidates &= candidates - 1)
        {
            int register = BitOperations.TrailingZeroCount(candidates);
            if (victim == Nobody || analysis.LastUse(_ownerOf[register]) > analysis.LastUse(_ownerOf[victim]))
                victim = register;
        }

        int value = _ownerOf[victim];
        if (!analysis.IsConstant(value) && _spillOf[value] == Nobody)
        {
            HasFailed |= _freeSpills == 0;
            _spillOf[value] = BitOperations.TrailingZeroCount(_freeSpills) & (NativeFrame.Spills - 1);
            _freeSpills &= _freeSpills - 1;
            x.Store(victim, Rbx, SpillAddress(_spillOf[value]), 8);
        }

        _registerOf[value] = Nobody;
        return victim;
    }

    private void FreeSpill(int value)
    {
        if (_spillOf[value] == Nobody)
            return;
        _freeSpills |= 1UL << _spillOf[value];
        _spillOf[value] = Nobody;
    }

    private int SpillAddress(int spill) => layout.Frame + NativeFrame.SpilledOffset + (8 * spill);
}
