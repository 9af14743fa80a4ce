using System.Buffers.Binary;
using System.Runtime.CompilerServices;

using SpuRuntime.Engine;
using SpuRuntime.Tests.Isa;

using Xunit;

namespace SpuRuntime.Tests.Programs;

/// <summary>Compiled C without a library, at every level of optimisation.</summary>
public sealed class CompiledCTests(GnuTools tools) : IClassFixture<GnuTools>
{
    [SkippableTheory]
    [InlineData("-O0")]
    [InlineData("-O1")]
    [InlineData("-O2")]
    [InlineData("-O3")]
    [InlineData("-Os")]
    public void Compiled_c_computes_what_the_same_computes_here(string optimisation)
    {
        string program = tools.FileName($"compute{optimisation}.elf");
        tools.Run("gcc", optimisation, "-nostdlib", "-ffreestanding", "-o", program, Source(), "-lgcc");
        using var spu = new TestSpu();
        spu.State.Pc = LoadElf(spu, File.ReadAllBytes(program));

        SpuExit exit = spu.Core.Run(50_000_000);

        Assert.Equal(new SpuExit(SpuExitReason.Stopped, 0x2000), exit);
        uint at = spu.Word(3);
        Assert.Equal(Expected(), Enumerable.Range(0, 12).Select(index => spu.GetWord(at + (4 * (uint)index))));
    }

    private static uint[] Expected()
    {
        ulong big = 0x0123_4567_89ab_cdef;
        ulong by = 12345;
        double total = 0;
        for (int i = 0; i < 100; i++)
            total = (total * 0.333) + i;
        double fused = 0;
        for (int i = 0; i < 100; i++)
            fused = Math.FusedMultiplyAdd(fused, 0.333, i);
        // The compiler contracts the two operations into dfma at every level but the first; here both are the same number.
        Assert.Equal(total, fused);
        ulong bits = BitConverter.DoubleToUInt64Bits(total);
        return
        [
            0xcbf4_3926, 1229, 6765, SortedHash(), (uint)(big / by >> 32), (uint)(big / by), (uint)(big * by >> 32), (uint)(big * by),
            (uint)(big % by), 2475, (uint)(bits >> 32), (uint)bits,
        ];
    }

    private static uint SortedHash()
    {
        uint seed = 1;
        int[] numbers = [.. Enumerable.Range(0, 500).Select(_ => (int)(seed = (seed * 1664525) + 1013904223))];
        return numbers.Order().Aggregate(0u, static (hash, number) => (hash * 31) + (uint)number);
    }

    private static uint LoadElf(TestSpu spu, ReadOnlySpan<byte> elf)
    {
        int headers = (int)Word(elf, 28);
        int count = BinaryPrimitives.ReadUInt16BigEndian(elf[44..]);
        for (int index = 0; index < count; index++)
        {
            ReadOnlySpan<byte> header = elf[(headers + (32 * index))..];
            if (Word(header, 0) == 1)
                elf.Slice((int)Word(header, 4), (int)Word(header, 16)).CopyTo(spu.LocalStore[(int)Word(header, 8)..]);
        }

        return Word(elf, 24);
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32BigEndian(bytes[offset..]);

    private static string Source([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "compute.c");
}
