namespace CellPpe.SpecGen;

/// <summary>Which core a table is about, and so how what is made from it is called.</summary>
/// <param name="Prefix">What the names of types begin with, generated and hand-written.</param>
/// <param name="Namespace">The namespace above Isa and Semantics.</param>
/// <param name="State">The namespace of the core's context and its decoded instructions.</param>
/// <param name="Interpreter">The namespace of the interpreter's machine, and of the handlers that are made.</param>
/// <param name="Assembler">The class with one encoding method a mnemonic.</param>
/// <param name="Core">The core in a sentence.</param>
/// <param name="Invalid">Whose instruction an invalid word is not, and what becomes of it.</param>
/// <param name="Scalar">What the interpreter's machine has for a scalar value.</param>
internal sealed record IsaTarget(
    string Prefix, string Namespace, string State, string Interpreter, string Assembler, string Core, string Invalid, string Scalar)
{
    /// <summary>A table without an architecture line.</summary>
    public static IsaTarget Ppu { get; } = new(
        "Ppu", "CellPpe.Ppe", "CellPpe.Ppe.State", "CellPpe.Ppe.Interpreter", "Asm", "PPE",
        "a PPE: takes an illegal-instruction program interrupt", "ulong");

    /// <summary><c>architecture spu</c>.</summary>
    public static IsaTarget Spu { get; } = new(
        "Spu", "SpuRuntime", "SpuRuntime.State", "SpuRuntime.Execution.Interpreter", "SpuAsm", "SPU",
        "an SPU: stops it with the invalid-instruction status", "ulong");

    /// <summary>The target of an architecture line, or null when there is none of that name.</summary>
    public static IsaTarget? Named(string name) => name switch
    {
        "ppu" => Ppu,
        "spu" => Spu,
        _ => null,
    };
}
