using System.Globalization;

using SpuRuntime.Isa;
using SpuRuntime.Tests.Isa;

using Xunit;

namespace SpuRuntime.Tests.Vectors;

/// <summary>
/// Every instruction against an independent implementation (<see cref="PlainSpu"/>). PS3_SPU_VECTORS says how often; the normal
/// run takes a sample.
/// </summary>
public sealed class VectorTests
{
    /// <summary>Vectors an instruction gets in the normal run.</summary>
    public const int Sample = 2000;

    private static readonly int Rounds = Environment.GetEnvironmentVariable("PS3_SPU_VECTORS") is { } count
        ? int.Parse(count, CultureInfo.InvariantCulture)
        : Sample;

    public static TheoryData<string> Mnemonics => [.. Words.Instructions.Select(static info => info.Mnemonic)];

    /// <summary>How often an instruction runs. Stores run less often in a sample: each compares all of local store.</summary>
    public static int RoundsOf(SpuInstructionInfo info, int rounds)
    {
        ArgumentNullException.ThrowIfNull(info);
        return info.Has("store") && rounds == Sample ? Sample / 4 : rounds;
    }

    [Fact]
    public void Every_instruction_has_a_second_definition() =>
        Assert.Equal(
            Words.Instructions.Select(static info => info.Mnemonic).Order(StringComparer.Ordinal),
            PlainSpu.Definitions.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Mnemonics))]
    public void The_interpreter_does_what_the_plain_definitions_say(string mnemonic)
    {
        SpuInstructionInfo info = Words.Instructions.Single(info => info.Mnemonic == mnemonic);
        using var run = new VectorRun((int)info.Op + 1);

        string? wrong = run.Run(info, RoundsOf(info, Rounds));
        Assert.True(wrong is null, wrong);
    }
}
