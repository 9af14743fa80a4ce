using BenchmarkDotNet.Attributes;

using CellPpe.Ppe.Isa;

namespace Bench;

/// <summary>Decoding words to instructions: the cost of the first run of each instruction. Baseline: decoding.</summary>
public class DecoderBenchmarks
{
    private readonly uint[] _words = [.. PpuTable.Instructions.Skip(1).Select(static info => info.Value)];

    [Benchmark(Baseline = true)]
    public int Decode()
    {
        int sum = 0;
        foreach (uint word in _words)
            sum += (int)PpuDecoder.Decode(word);
        return sum;
    }

    [Benchmark]
    public int Disassemble()
    {
        int sum = 0;
        foreach (uint word in _words)
            sum += PpuDisassembler.Disassemble(word, 0).Length;
        return sum;
    }
}
