using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace SpuRuntime.State;

/// <summary>A command queue: entries in fixed places, and the rules of which may go on before which. Guarded by the SPE's lock.</summary>
internal struct MfcQueue
{
    /// <summary>Entries of the SPU's queue.</summary>
    public const int SpuCapacity = 16;

    /// <summary>Entries of the proxy queue.</summary>
    public const int ProxyCapacity = 8;

    private QueueEntries _places;
    private ulong _nextOrder;
    private readonly uint _capacity;
    private uint _count;

    public MfcQueue(int capacity) => _capacity = (uint)capacity;

    public readonly int Free => (int)(_capacity - _count);

    public readonly bool IsEmpty => _count == 0;

    /// <summary>Tag groups with a command that is not done. Immediate commands are in none.</summary>
    public readonly uint Tags
    {
        get
        {
            uint tags = 0;
            for (int i = 0; _count != 0 && i < _capacity; i++)
            {
                if (_places[i].IsValid && MfcOpcode.KindOf(_places[i].Opcode) != MfcCommandKind.Immediate)
                    tags |= _places[i].TagBit;
            }

            return tags;
        }
    }

    [UnscopedRef]
    public ref MfcCommand this[int place] => ref _places[place];

    /// <summary>Adds a command behind all others. There must be room.</summary>
    /// <returns>Its place.</returns>
    public int Add(MfcCommand command)
    {
        int place = 0;
        while (_places[place].IsValid)
            place++;
        command.Order = _nextOrder++;
        command.IsValid = true;
        _places[place] = command;
        _count++;
        return place;
    }

    public void Remove(int place)
    {
        _places[place] = default;
        _count--;
    }

    public void Clear()
    {
        _places = default;
        _count = 0;
        _nextOrder = 0;
    }

    /// <summary>The earliest command that nothing holds up, or -1.</summary>
    public readonly int Next()
    {
        int best = -1;
        for (int i = 0; _count != 0 && i < _capacity; i++)
        {
            ref readonly MfcCommand command = ref _places[i];
            if (command.IsValid && !command.IsStalled && (best < 0 || command.Order < _places[best].Order) && !IsHeldUp(command))
                best = i;
        }

        return best;
    }

    /// <summary>Lets the commands of a tag group go on that have stalled at a list element.</summary>
    public void Resume(uint tagBit)
    {
        for (int i = 0; i < _capacity; i++)
        {
            if (_places[i].IsValid && _places[i].TagBit == tagBit)
                _places[i].IsStalled = false;
        }
    }

    public readonly ulong ReadSaved(int place, int doubleword) =>
        MfcCommandCodec.Read(_places[place], doubleword, RankOf(_places[place]));

    public void WriteSaved(int place, int doubleword, ulong value)
    {
        bool before = _places[place].IsValid;
        MfcCommandCodec.Write(ref _places[place], doubleword, value);
        if (_places[place].IsValid != before)
            _count = before ? _count - 1 : _count + 1;
        _nextOrder = Math.Max(_nextOrder, _places[place].Order + 1);
    }

    private readonly uint RankOf(in MfcCommand command)
    {
        uint rank = 0;
        for (int i = 0; i < _capacity; i++)
        {
            if (_places[i].IsValid && _places[i].Order < command.Order)
                rank++;
        }

        return rank;
    }

    /// <summary>True while an immediate atomic command waits: a second one is an error.</summary>
    public readonly bool HasImmediate
    {
        get
        {
            for (int i = 0; _count != 0 && i < _capacity; i++)
            {
                if (_places[i].IsValid && MfcOpcode.KindOf(_places[i].Opcode) == MfcCommandKind.Immediate)
                    return true;
            }

            return false;
        }
    }

    // Commands are not ordered, but for: barrier, mfcsync and mfceieio against all tag groups (CBE Public Registers 3.3.2.1 gives the three
    // one dependency type, and consoles have mfcsync wait for a stalled list of another group); fence and barrier modifiers inside their
    // tag group. Immediate commands wait for none of these.
    private readonly bool IsHeldUp(in MfcCommand command)
    {
        MfcCommandKind kind = MfcOpcode.KindOf(command.Opcode);
        if (kind == MfcCommandKind.Immediate)
            return false;
        for (int i = 0; i < _capacity; i++)
        {
            ref readonly MfcCommand earlier = ref _places[i];
            if (!earlier.IsValid || earlier.Order >= command.Order)
                continue;
            MfcCommandKind before = MfcOpcode.KindOf(earlier.Opcode);
            if (before == MfcCommandKind.Immediate)
                continue;
            if (kind == MfcCommandKind.Order || before == MfcCommandKind.Order)
                return true;
            if (earlier.TagBit == command.TagBit
                && (MfcOpcode.IsFenced(command.Opcode) || MfcOpcode.HasBarrier(earlier.Opcode)))
                return true;
        }

        return false;
    }

    [InlineArray(SpuCapacity)]
    private struct QueueEntries
    {
        private MfcCommand _element0;
    }
}
