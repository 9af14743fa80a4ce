using CellPpe.Core.Ports;
using Lv1Hypervisor.Abi;

namespace Lv1Hypervisor.Tests;

/// <summary>
/// For any register contents, a hypercall returns a status of the platform, and the host does not fail. <c>PS3_FUZZ_ROUNDS</c> sets the
/// number of calls.
/// </summary>
public sealed class FuzzTests
{
    private static readonly int Calls =
        int.TryParse(Environment.GetEnvironmentVariable("PS3_FUZZ_ROUNDS"), out int rounds) ? rounds : 100_000;

    private const ulong Numbers = 301;

    private static readonly ulong[] Interesting =
    [
        0, 1, 2, 3, 4, 7, 8, 9, 12, 16, 17, 18, 20, 24, 31, 32, 33, 62, 63, 64, 255, 256, 0x400, 0x600, 0x1000, 0x10000, 0x12000,
        0x20000, 1UL << 20, TestMachine.BootSize - 8, TestMachine.BootSize, 1UL << 31, 0x8000_0000, uint.MaxValue, 1UL << 32,
        12UL << 42, 24UL << 42, 0x6269_0000, 0x1810_0000_0000_0000, 0xf800_0000_0000_0000, 1UL << 63, ulong.MaxValue - 4095, ulong.MaxValue,
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_calls_with_random_arguments_return_a_status(int seed)
    {
        var random = new Random(seed);
        using var machine = new TestMachine();
        // Objects that random calls can name.
        machine.Ok(Lv1Call.ConstructVirtualAddressSpace, 18, 2, 0x1810_0000_0000_0000);
        machine.Ok(Lv1Call.SelectVirtualAddressSpace, 1);
        machine.Ok(Lv1Call.ConfigureIrqStateBitmap, 1, 0, 0x10000);
        machine.Ok(Lv1Call.AllocateDeviceDmaRegion, 1, 0, 1UL << 24, 12, 0);
        machine.Ok(Lv1Call.ConstructLogicalSpe, 12, 12, 12, 12, 12, 1, 0);
        machine.Ok(Lv1Call.EnableLogicalSpe, 1, 0);
        ulong[] arguments = new ulong[8];
        for (int i = 0; i < Calls; i++)
        {
            for (int j = 0; j < arguments.Length; j++)
                arguments[j] = Argument(random);
            ulong number = (ulong)random.NextInt64((long)Numbers);
            Lv1Status status = machine.CallOn(random.Next(2), number, arguments).Status;
            Assert.True(Enum.IsDefined(status), $"seed {seed}, call {i}: {Lv1Calls.Name(number)} returned {status}");
            if (random.Next(100) == 0)
            {
                machine.NetworkPort.Read(new CellPpe.Core.IoAddress(Argument(random)), new byte[64]);
                machine.NetworkPort.Write(new CellPpe.Core.IoAddress(Argument(random)), new byte[64]);
                machine.AvSettings.Port!.Send([1, 2, 3]);
            }
        }

        Assert.Equal(Calls + 6, machine.Lv1.Audit.Total);
    }

    private static ulong Argument(Random random) => random.Next(10) switch
    {
        < 7 => Interesting[random.Next(Interesting.Length)],
        7 => (ulong)random.NextInt64(0, 128),
        8 => Interesting[random.Next(Interesting.Length)] | (ulong)random.NextInt64(0, 65536),
        _ => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
    };
}
