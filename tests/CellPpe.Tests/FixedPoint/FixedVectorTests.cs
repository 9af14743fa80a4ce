using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

using CellPpe.Core;
using CellPpe.Ppe.Isa;
using CellPpe.Ppe.State;
using CellPpe.Tests.Execution;

using Xunit;

namespace CellPpe.Tests.FixedPoint;

/// <summary>
/// Every instruction of the corpus, run by a PPE thread, leaves what the reference leaves, in registers and memory, and
/// changes nothing else.
/// </summary>
public sealed unsafe class FixedVectorTests : IDisposable
{
    private const int MemoryBytes = 256;
    private const int ProgramInterrupt = 0x700;

    // In 32-bit mode the high words of the operands must not affect the result (Book I 1.5.2).
    private const ulong Garbage = 0xdead_beef_0000_0000;

    private readonly TestMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    public static TheoryData<string> Texts64() => [.. FixedCorpus.Bits64.Entries.Keys];

    public static TheoryData<string> Texts32() => [.. FixedCorpus.Bits32.Entries.Keys];

    [Theory]
    [MemberData(nameof(Texts64))]
    public void In_64_bit_mode(string text) => RunAll(FixedCorpus.Bits64, text, Msr.Sf, highWords: 0);

    [Theory]
    [MemberData(nameof(Texts32))]
    public void In_32_bit_mode(string text) => RunAll(FixedCorpus.Bits32, text, 0, highWords: 0);

    [Theory]
    [MemberData(nameof(Texts32))]
    public void In_32_bit_mode_whatever_stands_in_the_high_words(string text) => RunAll(FixedCorpus.Bits32, text, 0, Garbage);

    private void RunAll(FixedCorpus corpus, string text, ulong mode, ulong highWords)
    {
        FixedEntry entry = corpus.Entries[text];
        foreach ((uint word, string mnemonic) in entry.Words.Zip(entry.Mnemonics))
            Assert.Equal(mnemonic, PpuTable.Info(PpuDecoder.Decode(word)).Mnemonic);
        _machine.Thread.SetMsr(mode | Msr.Fp | Msr.Vec);
        _machine.Load(entry.Words);
        ulong last = TestMachine.Code + (4 * (ulong)(entry.Words.Length - 1));
        for (int index = 0; index < entry.Changes.Count; index++)
        {
            Set(corpus.Initial, last, highWords);
            Set(entry.Rows[index], last, highWords);
            PpuState before = _machine.State;
            byte[] memory = Memory().ToArray();
            _machine.State.Nia = TestMachine.Code;

            _machine.Thread.Run(entry.Words.Length);

            bool trapped = TakeTrapBack(last, mode);
            string wrong = Differences(entry, entry.Changes[index], before, memory, last, trapped, mode == 0);
            Assert.True(wrong.Length == 0,
                $"{text} #{index} ({Show(entry.Rows[index])}):{wrong}; the reference changes {Show(entry.Changes[index])}");
        }
    }

    private void Set(NamedValue[] values, ulong last, ulong highWords)
    {
        ref PpuState state = ref _machine.State;
        foreach ((string name, string text) in values)
        {
            switch (name)
            {
                case "cr": state.CrValue = (uint)FixedCorpus.Number(text); break;
                case "xer": state.XerValue = FixedCorpus.Number(text); break;
                case "ctr": state.Ctr = Place(text, last) | highWords; break;
                case "lr": state.Lr = Place(text, last) | highWords; break;
                case "f1": state.Fpr[1] = FixedCorpus.Number(text); break;
                case "v2": state.Vr[2] = Register(text); break;
                case "m0": Convert.FromHexString(text).CopyTo(Memory()); break;
                default: state.Gpr[int.Parse(name.AsSpan(1), CultureInfo.InvariantCulture)] = FixedCorpus.Number(text) | highWords; break;
            }
        }
    }

    // A trap causes a program interrupt: SRR0 has its address, SRR1 its reason.
    private bool TakeTrapBack(ulong last, ulong mode)
    {
        ref PpuState state = ref _machine.State;
        if (state.Nia != ProgramInterrupt)
            return false;
        Assert.Equal(last, state.Srr0);
        Assert.Equal(1UL << 17, state.Srr1 & 0x783f_0000);
        _machine.Thread.SetMsr(mode | Msr.Fp | Msr.Vec);
        return true;
    }

    private string Differences(
        FixedEntry entry, NamedValue[] changes, in PpuState before, byte[] memory, ulong last, bool trapped, bool is32)
    {
        string mnemonic = entry.Mnemonics.Last();
        uint word = entry.Words[^1];
        ref PpuState state = ref _machine.State;
        Dictionary<string, string> changed = changes.ToDictionary(static change => change.Name, static change => change.Text);
        ulong wide = is32 ? uint.MaxValue : ulong.MaxValue;
        ulong a = before.Gpr[4];
        ulong b = before.Gpr[5];
        string wrong = "";
        if (trapped != changed.ContainsKey("trap"))
            wrong += trapped ? " trapped" : " did not trap";
        else if (!trapped)
            Compare("nia", changed.ContainsKey("+8") ? last + 8 : last + 4, state.Nia);
        for (int register = 0; register < 32; register++)
        {
            string name = "r" + register.ToString(CultureInfo.InvariantCulture);
            Compare(name, changed.TryGetValue(name, out string? text) ? FixedCorpus.Number(text) : before.Gpr[register],
                state.Gpr[register]);
        }

        Compare("cr", changed.TryGetValue("cr", out string? cr) ? FixedCorpus.Number(cr) : before.CrValue, state.CrValue);
        Compare("xer", changed.TryGetValue("xer", out string? xer) ? FixedCorpus.Number(xer) : before.XerValue, state.XerValue);
        Compare("ctr", changed.TryGetValue("ctr", out string? ctr) ? Place(ctr, last) : before.Ctr, state.Ctr);
        Compare("lr", changed.TryGetValue("lr", out string? lr) ? Place(lr, last) : before.Lr, state.Lr);
        if ((changed.TryGetValue("f1", out string? f1) ? FixedCorpus.Number(f1) : before.Fpr[1]) != state.Fpr[1])
            wrong += $" f1 {state.Fpr[1]:x}";
        Vector128<byte> vector = changed.TryGetValue("v2", out string? v2) ? Register(v2) : before.Vr[2];
        int ra = (int)(word >> 16) & 31;
        ulong address = (ra == 0 ? 0 : before.Gpr[ra]) + before.Gpr[(int)(word >> 11) & 31];
        for (int index = 0; index < 16; index++)
        {
            if (vector[15 - index] != state.Vr[2][15 - index] && Undefined.DefinesByte(mnemonic, address, index))
                wrong += $" v2 byte {index} {state.Vr[2][15 - index]:x2}";
        }

        foreach (NamedValue change in changes.Where(static change => change.Name[0] == 'm'))
            Convert.FromHexString(change.Text)
                .CopyTo(memory, int.Parse(change.Name.AsSpan(1), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        int differing = Memory().CommonPrefixLength(memory);
        return differing == MemoryBytes ? wrong : wrong + $" memory at {differing:x}: {Memory()[differing]:x2}";

        void Compare(string name, ulong expected, ulong got)
        {
            if (((expected ^ got) & wide & Undefined.DefinedBits(mnemonic, name, word, a & wide, b & wide)) != 0)
                wrong += $" {name} {got:x}";
        }
    }

    private Span<byte> Memory() =>
        _machine.Memory.TrySlice(new LparAddress(TestMachine.Data), MemoryBytes, RegionAccess.ReadWrite, out Span<byte> bytes)
            ? bytes : throw new InvalidOperationException("no data memory");

    private static ulong Place(string text, ulong last) => text[0] == '+' ? last + FixedCorpus.Number(text[1..]) : FixedCorpus.Number(text);

    private static Vector128<byte> Register(string text) =>
        Unsafe.BitCast<UInt128, Vector128<byte>>(UInt128.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    private static string Show(NamedValue[] values) => string.Join(' ', values.Select(static value => $"{value.Name}={value.Text}"));
}
