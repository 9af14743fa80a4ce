using Xunit.Abstractions;

namespace SpuRuntime.Tests.Mfc;

/// <summary>
/// How fast DMA is, in processor time of the process, which a loaded host changes least. Only a bound that every host meets is asserted;
/// the figures are printed.
/// </summary>
public sealed class SpeedTests(ITestOutputHelper output)
{
    [Theory, InlineData(0x20, 128), InlineData(0x20, 16384), InlineData(0x40, 128), InlineData(0x40, 16384)]
    public void Bandwidth(byte opcode, int size)
    {
        using TestMachine machine = new();
        TestSpe spe = machine.Spe;
        const int Times = 20_000;
        double best = 0;
        for (int round = 0; round < 6; round++)
        {
            TimeSpan start = Environment.CpuUsage.TotalTime;
            for (int i = 0; i < Times; i++)
                Issue(spe, opcode, 0x4000, (ulong)(i % 64) * 0x4000, (uint)size);
            best = Math.Max(best, (double)size * Times / (Environment.CpuUsage.TotalTime - start).TotalSeconds);
        }

        output.WriteLine($"opcode {opcode:x2}, {size} bytes: {best / 1e9:f2} GB/s, {size / best * 1e9:f0} ns a command");
        Assert.True(best > 1e6);
    }

    private static void Issue(TestSpe spe, byte opcode, uint local, ulong address, uint size)
    {
        spe.Channels.Write(16, local);
        spe.Channels.Write(17, (uint)(address >> 32));
        spe.Channels.Write(18, (uint)address);
        spe.Channels.Write(19, size);
        spe.Channels.Write(20, 0);
        spe.Channels.Write(21, opcode);
    }
}
