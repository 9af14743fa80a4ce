using System.Runtime.InteropServices;

using CellPpe.Core;
using CellPpe.Core.Ports;
using CellPpe.Ppe.Engines;
using CellPpe.Ppe.Isa;
using CellPpe.Ppe.State;
using CellPpe.Tests.Isa;

using Xunit;

namespace CellPpe.Tests.Execution;

/// <summary>
/// Random programs: whatever a guest runs, the host survives it, and how its run is cut into turns makes no difference to
/// what it computes. Only reservations may end with a turn (Book II 1.7.3.1), so their instructions are left out.
/// </summary>
public sealed unsafe class RandomProgramTests
{
    private const int Instructions = 4000;
    private const int CodeWords = 2048;

    private static readonly PpuInstructionInfo[] Candidates =
        [.. Words.Instructions.Where(static info => info.Mnemonic is not ("lwarx" or "ldarx" or "stwcx." or "stdcx."))];

    public static TheoryData<int, PpuEngine> Seeds()
    {
        var data = new TheoryData<int, PpuEngine>();
        for (int seed = 1; seed <= 40; seed++)
        {
            data.Add(seed, PpuEngine.Interpreter);
            data.Add(seed, PpuEngine.Compiled);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Turns_of_any_length_give_the_same_state(int seed, PpuEngine engine)
    {
        using TestMachine whole = Prepare(seed, PpuEngine.Interpreter);
        using TestMachine cut = Prepare(seed, engine);
        var random = new Random(seed);

        Run(whole, static () => Instructions);
        Run(cut, () => random.Next(10) == 0 ? random.Next(1, 200) : random.Next(1, 4));

        whole.State.ReservationHeld = cut.State.ReservationHeld = 0;
        Assert.Equal(whole.State.Nia, cut.State.Nia);
        Assert.Equal(Bytes(whole), Bytes(cut));
        Assert.True(
            Slice(whole, TestMachine.Data, TestMachine.DataSize).SequenceEqual(Slice(cut, TestMachine.Data, TestMachine.DataSize)), "data");
        Assert.True(Slice(whole, 0, 0x40000).SequenceEqual(Slice(cut, 0, 0x40000)), "code");
    }

    private static void Run(TestMachine machine, Func<int> turn)
    {
        for (long left = Instructions; left > 0;)
        {
            long ran = machine.Thread.Run(Math.Min(left, turn()));
            Assert.InRange(ran, 0, left);
            left -= ran;
        }
    }

    private static TestMachine Prepare(int seed, PpuEngine engine)
    {
        var random = new Random(seed);
        var machine = new TestMachine(engine, codePageLimit: 6);
        machine.Thread.Hypervisor = new NoHypervisor();
        AddressSpace space = AddressSpace.WithCode(machine);
        space.Map(TestMachine.Code + 0x1000, TestMachine.Code + 0x1000);
        space.Segment(TestMachine.Data, seed % 4 == 0 ? AddressSpace.Kp : 0);
        for (ulong page = 0; page < TestMachine.DataSize; page += 0x1000)
        {
            if (random.Next(4) != 0)
                space.Map(TestMachine.Data + page, TestMachine.Data + page, (ulong)random.Next(4));
        }

        uint[] words = new uint[CodeWords];
        foreach (ref uint word in words.AsSpan())
            word = random.Next(50) == 0 ? Words.Bits(random) : Words.Random(Candidates[random.Next(Candidates.Length)], random);
        machine.Load(words);
        // Handlers skip the instruction that interrupted: they go on somewhere in the program.
        uint[] handler = PpuAssembler.AssembleLines("mfspr r2,26; addi r2,r2,4; rlwinm r2,r2,0,19,29; oris r2,r2,1; mtspr 26,r2; rfid");
        for (ulong vector = 0x100; vector < 0x1000; vector += 0x80)
            machine.Load(handler, vector);

        ref PpuState state = ref machine.State;
        for (int register = 0; register < 32; register++)
        {
            state.Gpr[register] = random.Next(3) == 0 ? (ulong)random.NextInt64()
                : TestMachine.Data + (ulong)random.Next((int)TestMachine.DataSize);
            state.Fpr[register] = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
        }

        ulong mode = (seed % 3) switch { 0 => Msr.Sf, 1 => Msr.Sf | Msr.Ir | Msr.Dr, _ => Msr.Ir | Msr.Dr };
        machine.Thread.SetMsr(mode | Msr.Fp | Msr.Vec | (seed % 5 == 0 ? Msr.Pr : 0) | (seed % 7 == 0 ? Msr.Se : 0));
        return machine;
    }

    private static byte[] Bytes(TestMachine machine) =>
        MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref machine.State, 1)).ToArray();

    private static Span<byte> Slice(TestMachine machine, ulong start, ulong length) =>
        machine.Memory.TrySlice(new LparAddress(start), length, RegionAccess.Read, out Span<byte> bytes)
            ? bytes : throw new InvalidOperationException("no memory");

    private sealed class NoHypervisor : IHypervisor
    {
        public Lv1Status Call(ILogicalPpeThread caller, ref HypercallFrame frame) => Lv1Status.NotImplemented;
    }
}
