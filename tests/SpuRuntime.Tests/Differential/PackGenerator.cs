using System.Globalization;

namespace SpuRuntime.Tests.Differential;

/// <summary>
/// Makes programs like products of matrices: loops that load four neighbouring quadwords at a time, broadcast words of others, and add
/// products of both to four registers, or several times four. Most programs depart from this form somewhere.
/// </summary>
/// <param name="seed">The seed of the programs.</param>
/// <param name="isFinite">See <see cref="PackCase"/>.</param>
internal sealed class PackGenerator(int seed, bool isFinite)
{
    private const int Width = 4;
    private const int FirstAny = 4;
    private const int FirstLoaded = 8;
    private const int FirstRow = 16;
    private const int FirstBroadcast = 18;
    private const int Pointers = 20;
    private const int Masks = 24;
    private const int Unit = 28;
    private const int Temporary = 50;
    private const int Counter = 60;
    private const int FirstSum = 64;
    private const int Sums = 32;
    private const int FirstProduct = 100;

    // Lines that branch to a target that is not known yet.
    private const string ToExit = "{exit}";
    private const string ToLeaf = "{leaf}";
    private const string ToNext = "{next}";

    // The sum, what it becomes, a lane of the loaded four, the common operand, a sum of another four.
    private static readonly string[] Operations =
    [
        "fma $d,$b,$s,$a", "fma $d,$b,$s,$a", "fma $d,$b,$s,$a", "fma $d,$s,$b,$a", "fma $d,$s,$b,$a", "fnms $d,$b,$s,$a",
        "fnms $d,$s,$b,$a", "fms $d,$b,$s,$a",
        "fa $d,$a,$b", "fa $d,$b,$a", "fs $d,$a,$b", "fs $d,$b,$a", "fm $d,$b,$s", "fm $d,$a,$s", "fma $d,$b,$b,$a", "fma $d,$a,$s,$b",
        "fa $d,$a,$o", "fma $d,$o,$s,$a",
        "fms $d,$a,$s,$b", "fnms $d,$a,$s,$o", "fa $d,$a,$a", "fm $p,$b,$s|fa $d,$p,$a", "fm $p,$s,$b|fs $d,$a,$p",
        "fma $p,$b,$s,$a|fma $d,$b,$s,$p",
    ];

    private readonly Random _random = new(seed);
    private readonly ProgramText _text = new();
    private readonly List<uint> _loops = [];
    private readonly List<uint> _calls = [];
    private readonly List<uint> _exits = [];
    private readonly List<int[]> _sums = [];
    private readonly Queue<int[]> _homes = new();
    private bool _masksInside;

    // One program of three has the form exactly.
    private bool _isOdd;

    // Many operations and few loads: more than are checked together.
    private bool _isDense;

    /// <summary>Registers that hold only single-precision numbers.</summary>
    public static IEnumerable<int> Numbers { get; } = [.. Enumerable.Range(FirstAny, Pointers - FirstAny),
        .. Enumerable.Range(FirstSum, 128 - FirstSum)];

    public PackCase Make()
    {
        int[] registers = [.. Enumerable.Range(FirstSum, Sums)];
        _isOdd = !OneIn(3);
        _isDense = OneIn(6);
        if (OneIn(3))
            _random.Shuffle(registers);
        foreach (int[] home in registers.Chunk(Width))
            _homes.Enqueue(home);
        _masksInside = OneIn(4);
        if (!_masksInside)
            EmitMasks();
        for (int kernels = _random.Next(1, 3); kernels > 0; kernels--)
            Kernel();
        _text.Branch("br", ProgramCase.Start);
        uint leaf = _text.Here;
        for (int count = _random.Next(1, 4); count > 0; count--)
            _text.Emit(OneIn(2) ? $"fa ${Any()},${Any()},${Any()}"
                : Mutation().Split('|')[0].Replace(ToExit, Number(leaf), StringComparison.Ordinal)
                .Replace(ToLeaf, Number(leaf), StringComparison.Ordinal).Replace(ToNext, Number(_text.Here + 8), StringComparison.Ordinal));
        _text.Emit("bi $0");
        foreach (uint call in _calls)
            _text.Fill(call, $"brsl $0,{Number(leaf)}");
        return new PackCase(seed, _text.Words, [.. _loops], isFinite);
    }

    private static string Number(uint address) => string.Create(CultureInfo.InvariantCulture, $"0x{address:x}");

    private void Kernel()
    {
        bool outer = !OneIn(4);
        _text.Emit($"il ${Counter},{_random.Next(1, 6)}");
        uint outerStart = _text.Here;
        for (int pointer = 0; pointer < Width; pointer++)
            _text.Emit($"ai ${Pointers + pointer},${Address()},{16 * _random.Next(-8, 16)}");
        if (_masksInside)
            EmitMasks();
        while (_sums.Count > 0)
        {
            _homes.Enqueue(_sums[0]);
            _sums.RemoveAt(0);
        }

        for (int count = _random.Next(1, Width + 1); count > 0; count--)
            _sums.Add(_homes.Dequeue());
        int[][] before = [.. _sums];
        foreach (int[] sums in _sums)
            Begin(sums);
        _text.Emit($"il ${Counter + 1},{_random.Next(1, 16)}");
        _loops.Add(_text.Here);
        uint start = _text.Here;
        for (int steps = _isDense ? _random.Next(4, 8) : _random.Next(1, 5); steps > 0; steps--)
            Step();
        GoBack(before);
        if (!OneIn(4))
            _text.Emit($"ai ${Pointers},${Pointers},64");
        _text.Emit($"ai ${Pointers + 1},${Pointers + 1},16");
        _text.Emit($"ai ${Counter + 1},${Counter + 1},-1");
        _text.Branch($"brnz ${Counter + 1},", start);
        foreach (uint exit in _exits)
            _text.Fill(exit, $"brnz ${Temporary},{Number(_text.Here)}");
        _exits.Clear();
        foreach (int[] sums in _sums)
            End(sums);
        if (!outer)
            return;
        _text.Emit($"ai ${Counter},${Counter},-1");
        _text.Branch($"brnz ${Counter},", outerStart);
    }

    private void EmitMasks()
    {
        for (int word = 0; word < Width; word++)
        {
            int first = 4 * word;
            if (word == 0 && OneIn(2))
            {
                _text.Emit($"ila ${Masks},0x10203");
                continue;
            }

            _text.Emit($"ilhu ${Masks + word},{(first << 8) + first + 1}");
            _text.Emit($"iohl ${Masks + word},{((first + 2) << 8) + first + 3}");
        }

        _text.Emit($"ilhu ${Unit},0x3f80");
    }

    // Loads of neighbours, loads from anywhere, or none.
    private void Begin(int[] sums)
    {
        int kind = _random.Next(4);
        int offset = 16 * _random.Next(16);
        for (int lane = 0; lane < Width; lane++)
        {
            _text.Emit(kind switch
            {
                0 => $"il ${sums[lane]},0",
                1 => $"lqd ${sums[lane]},{16 * _random.Next(32)}(${Address()})",
                _ => $"lqd ${sums[lane]},{offset + (16 * lane)}(${Pointers + 2})",
            });
        }
    }

    private void End(int[] sums)
    {
        int offset = 16 * _random.Next(16);
        for (int lane = 0; lane < Width; lane++)
        {
            if (!OneIn(8))
                _text.Emit($"stqd ${sums[lane]},{offset + (16 * lane)}(${Pointers + 2})");
        }
    }

    // Sums that are in other registers at the loop's end than at its beginning.
    private void GoBack(int[][] before)
    {
        for (int number = 0; number < before.Length; number++)
        {
            int[] now = _sums[number];
            if (now == before[number] || Oddly(3))
                continue;
            bool copy = OneIn(2);
            for (int lane = 0; lane < Width; lane++)
                _text.Emit(copy ? $"ori ${before[number][lane]},${now[lane]},0"
                    : $"fa ${before[number][lane]},${now[lane]},${FirstLoaded + lane}");
        }
    }

    private void Step()
    {
        var lines = new List<string>();
        int[] loaded = [.. Enumerable.Range(FirstLoaded + (Width * _random.Next(2)), Width)];
        if (!_isDense || OneIn(4))
            lines.AddRange(Loads(loaded));
        foreach (int number in Enumerable.Range(0, _sums.Count).ToArray())
        {
            if (!OneIn(8))
                AddOperations(lines, number, loaded);
        }

        for (int count = Oddly(2) ? _random.Next(1, 3) : 0; count > 0; count--)
            lines.InsertRange(_random.Next(lines.Count + 1), Mutation().Split('|'));
        for (int swaps = lines.Count > 1 && Oddly(3) ? _random.Next(1, 8) : 0; swaps > 0; swaps--)
        {
            int at = _random.Next(lines.Count - 1);
            (lines[at], lines[at + 1]) = (lines[at + 1], lines[at]);
        }

        lines.ForEach(Emit);
    }

    private List<string> Loads(int[] loaded)
    {
        int[] places = [0, 1, 2, 3];
        if (Oddly(12))
            _random.Shuffle(places);
        int stride = Oddly(16) ? 2 : 1;
        int pointer = OneIn(4) ? Address() : Pointers;
        int offset = 16 * _random.Next(8);
        string[] lines = [.. loaded.Select((register, lane) => $"lqd ${register},{offset + (16 * stride * places[lane])}(${pointer})")];
        if (OneIn(4))
            _random.Shuffle(lines);
        List<string> all = [.. lines];
        if (Oddly(3))
            all.Insert(_random.Next(1, all.Count), $"stqd ${Sum()},{16 * _random.Next(8)}(${pointer})");
        return all;
    }

    private void AddOperations(List<string> lines, int number, int[] loaded)
    {
        int common = Common(lines);
        string operation = Operations[_random.Next(Operations.Length)];
        int[] sums = _sums[number];
        int[] results = sums;
        int[] other = _sums[_random.Next(_sums.Count)];
        if (OneIn(4))
        {
            _homes.Enqueue(sums);
            _sums[number] = results = _homes.Dequeue();
        }

        int[] lanes = [0, 1, 2, 3];
        if (Oddly(10))
        {
            // Loaded anew.
            (int place, int pointer) = (16 * _random.Next(8), Pointers + (2 * _random.Next(2)));
            lines.AddRange(results.Select((register, lane) => $"lqd ${register},{place + (16 * lane)}(${pointer})"));
            return;
        }

        if (Oddly(12))
            _random.Shuffle(lanes);
        int missing = Oddly(12) ? _random.Next(Width) : -1;
        foreach (string part in operation.Split('|'))
        {
            string[] made = [.. Enumerable.Range(0, Width).Where(lane => lane != missing).Select(lane => part
                .Replace("$d", $"${results[lane]}", StringComparison.Ordinal).Replace("$a", $"${sums[lane]}", StringComparison.Ordinal)
                .Replace("$b", $"${loaded[lanes[lane]]}", StringComparison.Ordinal).Replace("$s", $"${common}", StringComparison.Ordinal)
                .Replace("$o", $"${other[lane]}", StringComparison.Ordinal).Replace(
                    "$p", $"${FirstProduct + (Width * number) + lane}", StringComparison.Ordinal))];
            if (OneIn(4))
                _random.Shuffle(made);
            if (Oddly(16))
                made[0] = Mutation().Split('|')[0];
            lines.AddRange(made);
        }
    }

    // Mostly a word of a quadword, four times.
    private int Common(List<string> lines)
    {
        switch (_random.Next(10))
        {
            case 0:
                return Any();
            case 1:
                return Unit;
            case 2 when OneIn(2):
                return Sum();
            case 3:
                return FirstRow;
            default:
                int row = FirstRow + _random.Next(2);
                int broadcast = FirstBroadcast + _random.Next(2);
                if (!OneIn(4) && !_isDense)
                    lines.Add($"lqd ${row},{16 * _random.Next(4)}(${Pointers + 1})");
                if (!_isDense || OneIn(4))
                    lines.Add($"shufb ${broadcast},${row},${row},${Masks + _random.Next(Width)}");
                return broadcast;
        }
    }

    private string Mutation() => _random.Next(21) switch
    {
        0 => $"ori ${Any()},${Sum()},0",
        1 => $"ori ${Sum()},${Any()},0",
        2 => $"ori ${Sum()},${Sum()},0",
        3 => $"ahi ${Sum()},${Sum()},1",
        4 => $"xor ${Sum()},${Any()},${Any()}",
        5 => $"rotqbyi ${Sum()},${Sum()},4",
        6 or 7 => $"stqd ${Sum()},{16 * _random.Next(16)}(${Pointers + 2})",
        8 => $"stqd ${Sum()},{16 * _random.Next(16)}(${Pointers})",
        9 => $"lqd ${Sum()},{16 * _random.Next(16)}(${Pointers})",
        10 or 11 => $"ceqi ${Temporary},${Counter + 1},{_random.Next(8)}|brnz ${Temporary},{ToExit}",
        12 => $"brsl $0,{ToLeaf}",
        13 => $"brz ${Any()},{ToNext}",
        14 => $"brnz ${Sum()},{ToNext}",
        15 => $"fma ${Sum()},${Any()},${Unit},${Sum()}",
        16 => $"fa ${Any()},${Sum()},${Sum()}",
        17 => $"lqd ${Any()},{16 * _random.Next(16)}(${Pointers + 1})",
        // It ends the group of operations that is checked together.
        18 or 19 => $"dfa ${Any()},${Any()},${Any()}",
        20 => $"ai ${Pointers},${Pointers},16",
        _ => $"fm ${FirstLoaded + _random.Next(Width)},${Sum()},${Any()}",
    };

    private void Emit(string line)
    {
        if (line.EndsWith(ToExit, StringComparison.Ordinal))
            _exits.Add(_text.Reserve());
        else if (line.EndsWith(ToLeaf, StringComparison.Ordinal))
            _calls.Add(_text.Reserve());
        else
            _text.Emit(line.Replace(ToNext, Number(_text.Here + 8), StringComparison.Ordinal));
    }

    // Rare enough that most of such a program still has packs.
    private bool Oddly(int count) => _isOdd && OneIn(2 * count);

    private bool OneIn(int count) => _random.Next(count) == 0;

    private int Any() => FirstAny + _random.Next(FirstLoaded - FirstAny);

    private int Sum() => _sums[_random.Next(_sums.Count)][_random.Next(Width)];

    private int Address() => ProgramCase.FirstAddress + _random.Next(ProgramCase.Addresses);
}
