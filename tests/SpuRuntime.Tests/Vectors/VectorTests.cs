using System.Globalization;

using SpuRuntime.Isa;
using SpuRuntime.Tests.Isa;

using Xunit;

namespace SpuRuntime.Tests.Vectors;

/// <summary>
/// Every instruction against its definition written a second time (<see cref="PlainSpu"/>). PS3_SPU_VECTORS says how often; the normal
/// run takes a sample.
/// </summary>
public sealed class VectorTests
{
    /// <summary>Vectors an instruction gets in the normal run.</summary>
    public const int Sample = 2000;

    private static readonly int Rounds = Environment.GetEnvironmentVariable("PS3_SPU_VECTORS") is { } count
        ? int.Parse(count, CultureInfo.InvariantCulture)
        : Sample;

    public static TheoryData<string> Sections => [.. Words.Instructions.Select(static info => info.Section).Distinct()];

    [Fact]
    public void Every_instruction_has_a_second_definition() =>
        Assert.Equal(
            Words.Instructions.Select(static info => info.Mnemonic).Order(StringComparer.Ordinal),
            PlainSpu.Definitions.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Sections))]
    public void The_interpreter_does_what_the_plain_definitions_say(string section)
    {
        var wrong = new List<string>();
        foreach (InstructionInfo info in Words.Instructions.Where(info => info.Section == section))
        {
            using var run = new VectorRun((int)info.Op + 1);
            // Comparing all of local store takes its time.
            if (run.Run(info, info.Has("store") && Rounds == Sample ? Sample / 4 : Rounds) is { } difference)
                wrong.Add(difference);
        }

        Assert.True(wrong.Count == 0, string.Join("\n\n", wrong));
    }
}
