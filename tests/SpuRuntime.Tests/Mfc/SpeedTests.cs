using System.Diagnostics;

using Xunit.Abstractions;

namespace SpuRuntime.Tests.Mfc;

/// <summary>How fast DMA is. Asserts only what no loaded host should miss; the numbers are for the one who reads them.</summary>
public sealed class SpeedTests(ITestOutputHelper output)
{
    [Theory, InlineData(0x20, 128), InlineData(0x20, 16384), InlineData(0x40, 128), InlineData(0x40, 16384)]
    public void Bandwidth(byte opcode, int size)
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        const int Times = 20_000;
        double best = 0;
        for (int round = 0; round < 3; round++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Times; i++)
                spe.Command(opcode, 0x4000, (ulong)(i % 64) * 0x4000, (uint)size);
            best = Math.Max(best, (double)size * Times / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        output.WriteLine($"opcode {opcode:x2}, {size} bytes: {best / 1e9:f2} GB/s, {size / best * 1e9:f0} ns a command");
        Assert.True(best > 1e6);
    }
}
