using CellPpe.Core.Isa;

using SpuRuntime.Isa;
using SpuRuntime.Tests.Isa;

namespace SpuRuntime.Tests.Differential;

/// <summary>
/// Makes programs of nested loops, forward branches, calls, and between them random instructions of the table over few registers. Some
/// store into the program itself, so that it changes as it runs.
/// </summary>
internal sealed class ProgramGenerator(int seed)
{
    private const int Temporary = 50;
    private const int Counter = 60;

    private static readonly SpuInstructionInfo[] Plain =
        [.. Words.Instructions.Where(static info => !info.Has("end") && !info.Has("optional") && !info.Has("load") && !info.Has("store")
            && !info.Has("channel"))];

    private static readonly SpuInstructionInfo[] Floats = [.. Plain.Where(static info => info.Section == "Float")];
    private static readonly SpuInstructionInfo[] Singles = [.. Floats.Where(
        static info => info.Mnemonic is "fa" or "fs" or "fm" or "fma" or "fms" or "fnms")];

    private readonly Random _random = new(seed);
    private readonly ProgramText _text = new();

    // Functions stand behind the program; calls to them are filled in at the end.
    private readonly List<(uint At, int Function)> _calls = [];

    // One instruction in this many is single precision.
    private int _floats;
    private bool _wide;

    public ProgramCase Make()
    {
        var kind = new ProgramCase(seed, []);
        _wide = kind.IsWide;
        _floats = kind.IsNumeric ? 1 : _random.Next(3) == 0 ? 2 : 12;
        int functions = _random.Next(3);
        Body(depth: 0, functions);
        _text.Branch("br", ProgramCase.Start);
        var starts = new List<uint>();
        for (int function = 0; function < functions; function++)
        {
            starts.Add(Here);
            for (int count = _random.Next(1, 8); count > 0; count--)
                Instruction();
            Emit("bi $0");
        }

        foreach ((uint at, int function) in _calls)
            _text.Fill(at, $"brsl $0,0x{starts[function]:x}");
        return new ProgramCase(seed, _text.Words);
    }

    private uint Here => _text.Here;

    private void Body(int depth, int functions)
    {
        for (int count = _random.Next(2, 7); count > 0; count--)
        {
            switch (_random.Next(10))
            {
                case 0 or 1 when depth < 3:
                    Loop(depth, functions);
                    break;
                case 2 or 3:
                    Skip(depth, functions);
                    break;
                case 4 when functions > 0:
                    _calls.Add((_text.Reserve(), _random.Next(functions)));
                    break;
                case 5 when _random.Next(4) == 0:
                    Rare();
                    break;
                default:
                    for (int plain = _random.Next(1, 9); plain > 0; plain--)
                        Instruction();
                    break;
            }
        }
    }

    private void Loop(int depth, int functions)
    {
        int counter = Counter + depth;
        Emit($"il ${counter},{_random.Next(1, 30)}");
        uint start = Here;
        Body(depth + 1, functions);
        Emit($"ai ${counter},${counter},-1");
        // A branch on its own register, on another, or a computed branch.
        switch (_random.Next(3))
        {
            case 0:
                Emit($"ila ${Temporary},0x{start:x}");
                Emit($"binz ${counter},${Temporary}");
                break;
            case 1:
                Emit($"cgti ${Temporary},${counter},0");
                _text.Branch($"brnz ${Temporary},", start);
                break;
            default:
                _text.Branch($"brnz ${counter},", start);
                break;
        }
    }

    private void Skip(int depth, int functions)
    {
        uint at = _text.Reserve();
        string condition = _random.Next(4) switch { 0 => "brz", 1 => "brnz", 2 => "brhz", _ => "brhnz" };
        int register = _random.Next(ProgramCase.Registers);
        if (depth < 3)
            Body(depth + 1, functions);
        else
            Instruction();
        _text.Fill(at, $"{condition} ${register},0x{Here:x}");
    }

    private void Instruction()
    {
        switch (_random.Next(14))
        {
            case 0 or 1:
                Emit($"lqd ${Register()},{_random.Next(-4, 32) * 16}(${Address()})");
                break;
            case 2 or 3:
                Emit($"stqd ${Register()},{_random.Next(-4, 32) * 16}(${Address()})");
                break;
            case 4:
                Emit($"{(_random.Next(2) == 0 ? "lqx" : "stqx")} ${Register()},${Address()},${Register()}");
                break;
            case 5 when _random.Next(3) == 0:
                Emit(_random.Next(2) == 0 ? $"lqr ${Register()},0x{Here & ~15u:x}" : $"lqa ${Register()},0x{ProgramCase.Data:x}");
                break;
            default:
                SpuInstructionInfo[] from = _floats == 1 ? Singles : _random.Next(_floats) == 0 ? Floats : Plain;
                _text.Emit(Random(from[_random.Next(from.Length)]));
                break;
        }
    }

    private void Rare()
    {
        string line = _random.Next(12) switch
        {
            0 => $"rdch ${Register()},$ch{2 * _random.Next(8)}",
            1 => $"wrch $ch{(2 * _random.Next(8)) + 1},${Register()}",
            2 => $"rchcnt ${Register()},$ch{_random.Next(128)}",
            3 => "sync",
            4 => "dsync",
            5 => $"heqi $2,${Register()},{_random.Next(-20, 20)}",
            6 => $"hlgti $2,${Register()},-2",
            7 => "stop 0x123",
            8 => $"stqd ${Register()},{_random.Next(8) * 16}(${ProgramCase.CodeAddress})",
            9 => $"ila ${Temporary},0x{Here + 8:x}\n{(_random.Next(2) == 0 ? "bie" : "bid")} ${Temporary}",
            10 => $"ila ${Temporary},0x{Here + 8:x}\nbisled $51,${Temporary}",
            // Writes code back unchanged, by way of a register.
            _ => $"lqd $52,0(${ProgramCase.CodeAddress})\nstqd $52,0(${ProgramCase.CodeAddress})",
        };
        foreach (string one in line.Split('\n'))
            Emit(one);
    }

    private uint Random(SpuInstructionInfo info)
    {
        uint word = Words.Random(info, _random);
        foreach (OperandField field in Words.Operands(info).Where(static field => field.Name is "rt" or "ra" or "rb" or "rc"))
            word = (word & ~field.Mask) | field.Insert(Register());
        return word;
    }

    private int Register()
    {
        if (_random.Next(24) == 0)
            return _random.Next(128);
        int register = _random.Next(ProgramCase.Registers + (_wide ? ProgramCase.WideRegisters : 0));
        return register < ProgramCase.Registers ? register : register - ProgramCase.Registers + ProgramCase.FirstWide;
    }

    private int Address() =>
        _random.Next(64) == 0 ? ProgramCase.CodeAddress : ProgramCase.FirstAddress + _random.Next(ProgramCase.Addresses);

    private void Emit(string line) => _text.Emit(line);
}
