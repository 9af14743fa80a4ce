using System.Security.Cryptography;

using CellPpe.Core;
using CellPpe.Core.Ports;

using SpuRuntime.Engine;

namespace SpuRuntime.Tests.Registers;

/// <summary>
/// Hostile software: random registers, channels and lists. Nothing throws, nothing but writable memory changes, and a run repeats.
/// </summary>
public sealed class FuzzTests
{
    private const int Steps = 60_000;

    private static readonly ulong[] ProblemOffsets =
    [
        0, 0x3004, 0x3008, 0x300c, 0x3010, 0x3014, 0x3104, 0x3204, 0x321c, 0x322c, 0x4004, 0x400c, 0x4014, 0x401c, 0x4024, 0x4034, 0x1400c,
        0x1c00c,
    ];

    private static readonly ulong[] PrivilegeOffsets =
    [
        0x1108, 0x1110, 0x1118, 0x1120, 0x1128, 0x3000, 0x3000, 0x4000, 0x4040, 0x4058, 0x4060, 0x4068, 0x4070, 0x4078, 0x5000, 0x5008,
        0x5010,
        0x5018, 0x5020,
    ];

    private static readonly byte[] Opcodes =
    [
        0x20, 0x21, 0x22, 0x24, 0x25, 0x26, 0x28, 0x2a, 0x40, 0x41, 0x42, 0x44, 0x45, 0x46, 0x4a, 0x89, 0xa0, 0xb0, 0xb4, 0xb8, 0xc0, 0xc8,
        0xcc, 0xd0,
    ];

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void Random_accesses_do_no_harm_and_repeat(int seed)
    {
        string first = Run(seed);
        Assert.Equal(first, Run(seed));
    }

    private static string Run(int seed)
    {
        using TestMachine machine = new(2);
        Random random = new(seed);
        machine.Bytes(TestMachine.ReadOnlyAt, 0x1_0000).Fill(0x77);
        foreach (TestSpe spe in machine.Spes)
        {
            random.NextBytes(spe.LocalStore);
            spe.Engine.Program = (ref _, _) => new SpuExit((SpuExitReason)random.Next(8), (uint)random.Next(32));
            spe.Spe.SetInterruptMask(SpeInterruptClass.Application, 0x1f);
        }

        for (int i = 0; i < Steps; i++)
            Step(machine, machine.Spes[random.Next(2)], random);

        // The read-only memory is unchanged.
        Assert.Equal(-1, machine.Bytes(TestMachine.ReadOnlyAt, 0x1_0000).IndexOfAnyExcept((byte)0x77));
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (TestSpe spe in machine.Spes)
        {
            spe.Spe.AppendState(hash);
            hash.AppendData(spe.LocalStore);
        }

        hash.AppendData(machine.Bytes(0, (int)TestMachine.MemorySize));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static void Step(TestMachine machine, TestSpe spe, Random random)
    {
        ulong value = Value(random);
        switch (random.Next(12))
        {
            case 0:
                spe.Spe.ProblemState.Write(ProblemOffsets[random.Next(ProblemOffsets.Length)], random.Next(4) == 0 ? 8 : 4, value);
                break;
            case 1:
                spe.Spe.ProblemState.Read(ProblemOffsets[random.Next(ProblemOffsets.Length)], random.Next(4) == 0 ? 8 : 4);
                break;
            case 2:
                spe.Spe.Privilege2.Write(PrivilegeOffsets[random.Next(PrivilegeOffsets.Length)], 8, value);
                break;
            case 3:
                spe.Spe.Privilege2.Write(0x2000 + (ulong)random.Next(0x300), 1 << random.Next(4), value);
                break;
            case 4:
                spe.Spe.Privilege2.Write(0x2000 + (ulong)(random.Next(0x60) * 8), 8, value);
                spe.Spe.Privilege2.Read(0x2000 + (ulong)(random.Next(0x60) * 8), 8);
                break;
            case 5:
                Area(spe, random).Read((ulong)random.Next(0x20000), 1 << random.Next(4));
                break;
            case 6:
                Area(spe, random).Write((ulong)random.Next(0x20000), 1 << random.Next(4), value);
                break;
            case 7:
                spe.Channels.Write(random.Next(-1, 130), (uint)value);
                break;
            case 8:
                spe.Channels.Read(random.Next(-1, 130), out _);
                spe.Channels.Count(random.Next(-1, 130));
                break;
            case 9:
                TryCommand(spe, random);
                break;
            case 10:
                machine.TimeBase += (ulong)random.Next(1000);
                spe.Spe.TimerElapsed();
                spe.Spe.RunSlice(random.Next(100));
                break;
            default:
                spe.Privilege(0x3000, random.Next(3) == 0 ? 1ul << 15 : 1ul << 32);
                spe.Privilege(0x3000, 0);
                spe.Spe.ClearInterruptStatus((SpeInterruptClass)random.Next(3), value);
                break;
        }
    }

    private static IMmioDevice Area(TestSpe spe, Random random) => random.Next(3) switch
    {
        0 => spe.Spe.ProblemState,
        1 => spe.Spe.Privilege2,
        _ => spe.Spe.Shadow,
    };

    private static void TryCommand(TestSpe spe, Random random)
    {
        ulong[] bases =
        [
            0, TestMachine.MemorySize - 0x100, TestMachine.ReadOnlyAt, TestMachine.DeviceAt, TestMachine.LocalStoresAt,
            TestMachine.LocalStoresAt + (1 << 20),
            TestMachine.ProblemStatesAt, TestMachine.ProblemStatesAt + (1 << 20) + 0x14000, 0xffff_ffff_ffff_f000,
        ];
        ulong address = bases[random.Next(bases.Length)] + (ulong)random.Next(0x1000);
        if (random.Next(4) != 0)
            address &= ~127ul;
        uint local = (uint)(address & 127) | ((uint)random.Next(0x1000) << 7);
        spe.Channels.Write(16, local);
        spe.Channels.Write(17, (uint)(address >> 32));
        spe.Channels.Write(18, (uint)address);
        spe.Channels.Write(19, random.Next(3) == 0 ? (uint)random.Next(0x10000) : 16u << random.Next(11));
        spe.Channels.Write(20, (uint)random.Next(33));
        spe.Channels.Write(21, Opcodes[random.Next(Opcodes.Length)]);
    }

    private static ulong Value(Random random) => random.Next(3) switch
    {
        0 => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
        1 => 1ul << random.Next(64),
        _ => (ulong)random.Next(32),
    };
}
