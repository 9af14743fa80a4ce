using SpuRuntime.Engine;
using SpuRuntime.Isa;
using SpuRuntime.State;
using SpuRuntime.Tests.Isa;

namespace SpuRuntime.Tests.Vectors;

/// <summary>
/// Runs one instruction on the interpreter and on the plain SPU, repeatedly with new operands, and compares everything.
/// </summary>
internal sealed class VectorRun : IDisposable
{
    private readonly PlainSpu _plain = new();
    private readonly TestSpu _spu;
    private readonly Random _random;
    private readonly OperandSource _operands;
    private readonly byte[] _bytes = new byte[16];

    // Addresses of instructions: the ends of local store, and few others, to keep the decoded code small.
    private readonly uint[] _places = new uint[64];

    public VectorRun(int seed)
    {
        _random = new Random(seed);
        _operands = new OperandSource(_random);
        _spu = new TestSpu(new PlainChannels(), optionalInstructions: true);
        _random.NextBytes(_plain.LocalStore);
        _plain.LocalStore.CopyTo(_spu.LocalStore);
        for (int place = 1; place < _places.Length; place++)
            _places[place] = (uint)_random.Next(PlainSpu.LocalStoreSize / 4) * 4;
        _places[1] = PlainSpu.LocalStoreSize - 4;
        foreach (byte[] register in _plain.Registers)
            _random.NextBytes(register);
        for (int register = 0; register < 128; register++)
            _spu.State.Registers[register] = TestSpu.Register(_plain.Registers[register]);
    }

    /// <returns>What is wrong, or null.</returns>
    public string? Run(SpuInstructionInfo info, int rounds)
    {
        uint word = 0;
        for (int round = 0; round < rounds; round++)
        {
            // The word changes only now and then: decoding is not under test.
            if (round % 8 == 0)
                word = Words.Random(info, _random);
            Prepare(info, word);

            byte[][] saved = Save(word);
            _plain.Execute(info.Mnemonic, word);
            SpuExit exit = _spu.Core.Run(1);
            string? wrong = Compare(exit, everything: round % 64 == 0 || info.Has("store"));
            if (wrong is not null)
                return $"{SpuDisassembler.Disassemble(word, _plain.Pc)} at {_plain.Pc:x}, round {round}: {wrong}\n{Describe(saved)}";
        }

        return null;
    }

    public void Dispose() => _spu.Dispose();

    private static IEnumerable<int> Named(uint word) =>
        [(int)(word >> 21) & 127, (int)(word >> 14) & 127, (int)(word >> 7) & 127, (int)word & 127];

    private void Prepare(SpuInstructionInfo info, uint word)
    {
        byte[][] operands = [.. Named(word).Distinct().Select(register => _plain.Registers[register])];
        _operands.Fill(info, operands);
        foreach (int register in Named(word))
            _spu.State.Registers[register] = TestSpu.Register(_plain.Registers[register]);

        // Any flags may be set beforehand. In half of the runs exactly those flags are set that let the fast paths apply.
        for (int number = 0; number < 16; number++)
            _bytes[number] = (byte)(_random.Next(2) == 0 ? 0 : _operands.Bits());
        if (_random.Next(2) == 0)
            (_bytes[2], _bytes[6], _bytes[10]) = (0, 8, 8);
        _spu.State.Fpscr = TestSpu.Register(_bytes) & SpuFpscr.Used;
        TestSpu.Bytes(_spu.State.Fpscr, _plain.Fpscr = new byte[16]);

        _plain.Pc = _spu.State.Pc = _places[_random.Next(_places.Length)];
        _spu.SetWord(_plain.Pc, word);
        _spu.LocalStore.Slice((int)_plain.Pc, 4).CopyTo(_plain.LocalStore.AsSpan((int)_plain.Pc));
        _plain.Srr0 = _spu.State.Srr0 = (uint)_random.Next(PlainSpu.LocalStoreSize / 4) * 4;
        _plain.Event = ((PlainChannels)_spu.Channels).IsEventPending = _random.Next(2) == 0;
        // Both at once would be an interrupt before the instruction.
        _plain.InterruptEnable = !_plain.Event && _random.Next(2) == 0;
        _spu.State.InterruptEnable = _plain.InterruptEnable ? 1u : 0;
        _spu.State.Instructions = 0;
    }

    private string? Compare(SpuExit exit, bool everything)
    {
        SpuExit expected = _plain.Exit is { } reason ? new SpuExit(reason, _plain.ExitArgument) : new SpuExit(SpuExitReason.Budget);
        if (exit != expected)
            return $"left by {exit}, not {expected}";
        if (_spu.State.Pc != _plain.NextPc)
            return $"next is {_spu.State.Pc:x}, not {_plain.NextPc:x}";
        if (_spu.State.InterruptEnable != (_plain.InterruptEnable ? 1u : 0) || _spu.State.Srr0 != _plain.Srr0)
            return $"interrupts {_spu.State.InterruptEnable}, SRR0 {_spu.State.Srr0:x}, not {_plain.InterruptEnable}, {_plain.Srr0:x}";
        bool done = expected.Reason is not (SpuExitReason.Blocked or SpuExitReason.InvalidChannel);
        if (_spu.State.Instructions != (done ? 1u : 0))
            return $"counted {_spu.State.Instructions}";
        TestSpu.Bytes(_spu.State.Fpscr, _bytes);
        if (!_bytes.AsSpan().SequenceEqual(_plain.Fpscr))
            return $"FPSCR is {Convert.ToHexString(_bytes)}, not {Convert.ToHexString(_plain.Fpscr)}";
        foreach (int register in everything ? Enumerable.Range(0, 128) : Named(_plain.Word))
        {
            TestSpu.Bytes(_spu.State.Registers[register], _bytes);
            if (!_bytes.AsSpan().SequenceEqual(_plain.Registers[register]))
                return $"${register} is {Convert.ToHexString(_bytes)}, not {Convert.ToHexString(_plain.Registers[register])}";
        }

        if (everything && !_spu.LocalStore.SequenceEqual(_plain.LocalStore))
            return "local store differs";
        PlainChannels channels = (PlainChannels)_spu.Channels;
        if (!channels.Writes.SequenceEqual(_plain.Channels.Writes))
            return "channels were written otherwise";
        channels.Writes.Clear();
        _plain.Channels.Writes.Clear();
        return null;
    }

    private byte[][] Save(uint word) => [.. Named(word).Select(register => _plain.Registers[register].ToArray())];

    private static string Describe(byte[][] saved) =>
        $"T4 {Convert.ToHexString(saved[0])}\nRB {Convert.ToHexString(saved[1])}\n"
        + $"RA {Convert.ToHexString(saved[2])}\nRT {Convert.ToHexString(saved[3])}";
}
