using SpuRuntime.Isa;

namespace SpuRuntime.Tests.Differential;

/// <summary>A program under construction, from <see cref="ProgramCase.Start"/> on.</summary>
internal sealed class ProgramText
{
    private readonly List<uint> _words = [];

    /// <summary>Where the next instruction will be.</summary>
    public uint Here => ProgramCase.Start + (4 * (uint)_words.Count);

    /// <summary>The instructions.</summary>
    public uint[] Words => [.. _words];

    /// <summary>Appends an instruction.</summary>
    public void Emit(string line) => Emit(SpuAssembler.AssembleLines(line, Here).Single());

    /// <inheritdoc cref="Emit(string)"/>
    public void Emit(uint word) => _words.Add(word);

    /// <summary>Appends a branch.</summary>
    public void Branch(string before, uint target) => Emit($"{before} 0x{target:x}");

    /// <summary>Reserves a place for an instruction that is not known yet.</summary>
    /// <returns>The address of the place.</returns>
    public uint Reserve()
    {
        uint at = Here;
        Emit("nop $0");
        return at;
    }

    /// <summary>Writes an instruction into a reserved place.</summary>
    public void Fill(uint at, string line) => _words[(int)(at - ProgramCase.Start) / 4] = SpuAssembler.AssembleLines(line, at).Single();
}
