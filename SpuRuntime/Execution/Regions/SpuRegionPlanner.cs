using System.Buffers.Binary;

using SpuRuntime.Execution.Interpreter;
using SpuRuntime.Execution.Translation;
using SpuRuntime.Isa;
using SpuRuntime.State;

namespace SpuRuntime.Execution.Regions;

/// <summary>
/// Finds what belongs together around a hot instruction: what can be reached from it by branches and calls, as far as it has been run
/// before, up to a size. Runs on the thread that runs the SPU.
/// </summary>
/// <param name="decoded">The SPU's instructions.</param>
/// <param name="targets">By address, where computed branches have gone to when they left a region.</param>
/// <param name="starts">Where regions have been asked for.</param>
internal sealed unsafe class SpuRegionPlanner(
    DecodedLocalStore decoded, IReadOnlyDictionary<uint, List<uint>> targets, IReadOnlySet<uint> starts)
{
    private const uint AddressMask = SpuState.LocalStoreSize - 4;
    private const int MostEntries = 64;

    private readonly SpuContext* _c = decoded.Context;
    private readonly Dictionary<uint, uint> _words = [];
    private readonly HashSet<uint> _leaders = [];
    private readonly HashSet<uint> _entries = [];
    private readonly HashSet<uint> _returns = [];
    private readonly Dictionary<uint, uint[]> _targets = [];
    private readonly Queue<uint> _near = new();
    private readonly Queue<(uint Callee, uint Return)> _calls = new();
    private SpuRegionLimits _limits = SpuRegionLimits.Small;

    // Instructions that do something: compilers write rows of no-operations.
    private int _size;

    /// <summary>True for branches to wherever a register says, of which it is worth knowing where they go.</summary>
    public static bool IsComputed(SpuOp op) => op is SpuOp.Bi or SpuOp.Bid or SpuOp.Bie or SpuOp.Bisl or SpuOp.Bisld or SpuOp.Bisle;

    /// <summary>Plans a region around an instruction, or gives up where there is nothing to compile.</summary>
    public SpuRegionPlan? Plan(uint start, SpuRegionLimits limits, bool large, bool speculate, MaskTrust masks)
    {
        Reset();
        _limits = limits;
        _entries.Add(start);
        _near.Enqueue(start);
        while (_size < limits.Instructions)
        {
            if (_near.TryDequeue(out uint address))
                Follow(address);
            else if (_calls.TryDequeue(out (uint Callee, uint Return) call))
                FollowCall(call.Callee, call.Return);
            else
                break;
        }

        return _words.TryGetValue(start, out uint first) && !SpuIrTranslation.IsInterpreted(SpuDecoder.Decode(first), first)
            ? Make(start, large, speculate, masks)
            : null;
    }

    private void Reset()
    {
        _size = 0;
        _words.Clear();
        _leaders.Clear();
        _entries.Clear();
        _returns.Clear();
        _targets.Clear();
        _near.Clear();
        _calls.Clear();
    }

    // Straight code too long for one region is cut where another one begins: each cut elsewhere would become a start of its own, whose
    // region ends elsewhere again, and so on through the whole code.
    private bool IsBetterLeft(uint address) => _size >= _limits.Instructions / 2 && !_leaders.Contains(address) && starts.Contains(address);

    private bool IsKnown(uint address) => _c->Code[address >> 2].State != DecodedState.None && !decoded.HasBreakpoint(address);

    private uint WordAt(uint address) => BinaryPrimitives.ReverseEndianness(*(uint*)(_c->LocalStore + address));

    // A call whose target stays outside comes back as an entry: what follows it is hot as well.
    private void FollowCall(uint callee, uint back)
    {
        Follow(callee);
        if (_words.ContainsKey(callee))
            _returns.Add(back);
        else
            _entries.Add(back);
        Follow(back);
    }

    private void Follow(uint address)
    {
        if (!IsKnown(address))
            return;
        _leaders.Add(address);
        for (; !_words.ContainsKey(address) && _size < _limits.Instructions; address = (address + 4) & AddressMask)
        {
            if (!IsKnown(address) || IsBetterLeft(address))
                return;
            uint word = WordAt(address);
            SpuOp op = SpuDecoder.Decode(word);
            if (op == SpuOp.Invalid)
                return;
            _words.Add(address, word);
            if (op is not (SpuOp.Nop or SpuOp.Lnop or SpuOp.Hbr or SpuOp.Hbrp or SpuOp.Hbra or SpuOp.Hbrr))
                _size++;
            if (SpuIrTranslation.Ends(op, word))
            {
                FollowEnd(address, op, word);
                return;
            }
        }

        // What follows belongs to another block, or there is no room: it must begin a block of its own.
        _leaders.Add(address);
    }

    private void FollowEnd(uint address, SpuOp op, uint word)
    {
        uint next = (address + 4) & AddressMask;
        if (SpuIrTranslation.IsInterpreted(op, word))
        {
            // The interpreter comes back here.
            if (IsKnown(next) && _entries.Count < MostEntries)
            {
                _entries.Add(next);
                _near.Enqueue(next);
            }

            return;
        }

        switch (op)
        {
            case SpuOp.Br:
                _near.Enqueue(Relative(address, word));
                break;
            case SpuOp.Bra:
                _near.Enqueue((uint)new RI16aForm(word).Abs & AddressMask);
                break;
            case SpuOp.Brsl:
                FollowLink(Relative(address, word), next);
                break;
            case SpuOp.Brasl:
                FollowLink((uint)new RI16aForm(word).Abs & AddressMask, next);
                break;
            case SpuOp.Brnz or SpuOp.Brz or SpuOp.Brhnz or SpuOp.Brhz:
                _near.Enqueue(Relative(address, word));
                _near.Enqueue(next);
                break;
            case SpuOp.Bi or SpuOp.Bid or SpuOp.Bie:
                foreach (uint target in TargetsOf(address))
                    _near.Enqueue(target);
                break;
            case SpuOp.Bisl or SpuOp.Bisld or SpuOp.Bisle:
                uint[] callees = TargetsOf(address);
                foreach (uint callee in callees)
                    FollowLink(callee, next);
                if (callees.Length == 0 && _entries.Count < MostEntries && _entries.Add(next))
                    _near.Enqueue(next);
                break;
            default:
                // Conditional computed branches (returns, mostly) and halts.
                _near.Enqueue(next);
                break;
        }
    }

    private static uint Relative(uint address, uint word) => (address + (uint)new RI16rForm(word).Rel) & AddressMask;

    private void FollowLink(uint target, uint next)
    {
        if (target == next)
            _near.Enqueue(target);
        else
            _calls.Enqueue((target, next));
    }

    // A return goes to many places, and most of them are known by the calls.
    private uint[] TargetsOf(uint branch)
    {
        const uint LinkRegister = 0;
        if (((WordAt(branch) >> 7) & 0x7f) == LinkRegister || !targets.TryGetValue(branch, out List<uint>? known))
            return [];
        return _targets[branch] = [.. known];
    }

    private SpuRegionPlan Make(uint start, bool large, bool speculate, MaskTrust masks)
    {
        var blocks = new List<SpuPlannedBlock>();
        var words = new List<uint>();
        uint first = 0;
        uint expected = 0;
        bool ended = false;
        foreach ((uint address, uint word) in _words.OrderBy(static entry => entry.Key))
        {
            if (words.Count > 0 && (ended || address != expected || _leaders.Contains(address) || words.Count == _limits.BlockInstructions))
            {
                blocks.Add(new SpuPlannedBlock(first, [.. words]));
                words.Clear();
            }

            if (words.Count == 0)
                first = address;
            words.Add(word);
            expected = address + 4;
            ended = SpuIrTranslation.Ends(SpuDecoder.Decode(word), word);
        }

        blocks.Add(new SpuPlannedBlock(first, [.. words]));
        uint[] starts = [.. blocks.Select(static block => block.Address)];
        int[] plain = masks == MaskTrust.None ? [] : PlainMasks();
        return new SpuRegionPlan
        {
            Start = start,
            Blocks = [.. blocks],
            Entries =
            [
                .. _entries.OrderBy(entry => entry != start)
                    .Select(entry => Array.IndexOf(starts, entry))
                    .Where(static number => number >= 0),
            ],
            Returns = [.. _returns.Select(address => Array.IndexOf(starts, address)).Where(static number => number >= 0)],
            Targets = TargetNumbers(blocks, starts),
            PlainMasks = plain,
            MaskValues = [.. plain.Select(register => _c->State.Registers[register])],
            Masks = masks,
            IsLarge = large,
            Speculates = speculate,
        };
    }

    // Indices of shuffles are mostly made before a loop. What an instruction may write is its RT, if it is no store.
    private int[] PlainMasks()
    {
        const int Few = 8;
        var masks = new SortedSet<int>();
        var written = new HashSet<int>();
        foreach (uint word in _words.Values)
        {
            SpuInstructionInfo info = SpuTable.Info(SpuDecoder.Decode(word));
            if (info.Op == SpuOp.Shufb)
                masks.Add((int)info.Field("rc")!.Extract(word));
            if (!info.Has("store") && info.Field("rt") is { } target)
                written.Add((int)target.Extract(word));
        }

        return [.. masks.Where(register => !written.Contains(register) && SpuRegionPlan.IsPlain(_c->State.Registers[register])).Take(Few)];
    }

    private Dictionary<int, int[]> TargetNumbers(List<SpuPlannedBlock> blocks, uint[] starts)
    {
        var numbers = new Dictionary<int, int[]>();
        for (int number = 0; number < blocks.Count; number++)
        {
            uint last = blocks[number].Address + (4 * ((uint)blocks[number].Words.Length - 1));
            if (_targets.TryGetValue(last, out uint[]? known))
                numbers[number] = [.. known.Select(target => Array.IndexOf(starts, target)).Where(static inside => inside >= 0)];
        }

        return numbers;
    }
}
