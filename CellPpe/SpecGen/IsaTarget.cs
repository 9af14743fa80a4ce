namespace CellPpe.SpecGen;

/// <summary>Which core a table is about, and so how what is made from it is called.</summary>
/// <param name="Prefix">What the names of types begin with.</param>
/// <param name="Namespace">The namespace above Isa and Semantics.</param>
/// <param name="Assembler">The class with one encoding method a mnemonic.</param>
/// <param name="Core">The core in a sentence.</param>
/// <param name="Invalid">Whose instruction an invalid word is not, and what becomes of it.</param>
/// <param name="Scalar">What the interpreter's machine has for a scalar value.</param>
/// <param name="Own">What the names of the hand-written types begin with that generated code refers to.</param>
/// <param name="Interpreter">The namespace of the interpreter's machine and handlers.</param>
/// <param name="State">The namespace of the core's context and its decoded instructions.</param>
internal sealed record IsaTarget(
    string Prefix, string Namespace, string Assembler, string Core, string Invalid, string Scalar, string Own, string Interpreter, string State)
{
    /// <summary>A table without an architecture line.</summary>
    public static IsaTarget Ppu { get; } = new(
        "Ppu", "CellPpe.Ppe", "Asm", "PPE", "a PPE: takes an illegal-instruction program interrupt", "ulong", "Ppu",
        "CellPpe.Ppe.Interpreter", "CellPpe.Ppe.State");

    /// <summary><c>architecture spu</c>.</summary>
    public static IsaTarget Spu { get; } = new(
        "Spu", "SpuRuntime", "SpuAsm", "SPU", "an SPU: stops it with the invalid-instruction status", "ulong", "",
        "SpuRuntime.Execution", "SpuRuntime.Execution");

    /// <summary>The target of an architecture line, or null when there is none of that name.</summary>
    public static IsaTarget? Named(string name) => name switch
    {
        "ppu" => Ppu,
        "spu" => Spu,
        _ => null,
    };
}
