using CellPpe.Ppe.Translation;
using CellPpe.Recompiler;
using CellPpe.Recompiler.Passes;

namespace Differential.Tests.Guest;

/// <summary>Runs cases on the interpreter, as blocks as they were built, and as blocks after the passes.</summary>
/// <param name="passes">The passes under test.</param>
internal sealed class Comparison(IIrPass passes) : IDisposable
{
    private readonly TestCore _core = new();

    /// <summary>Guest instructions in all cases so far, and how many of them were reached.</summary>
    public (long InCases, long Run) Instructions { get; private set; }

    /// <summary>Cases that were native code so far.</summary>
    public int NativeUnits { get; private set; }

    /// <summary>Whether the last case was left other than by an interrupt.</summary>
    public bool Completed { get; private set; }

    public static IrBlock Built(GuestCase guestCase) =>
        PpuIrTranslation.Translate(guestCase.State.Nia, guestCase.Words, new PpuIrMode(guestCase.State.Msr));

    public IrBlock Optimized(GuestCase guestCase) => passes.Run(Built(guestCase));

    /// <summary>What differs, or null.</summary>
    public string? Difference(GuestCase guestCase)
    {
        IrBlock built = Built(guestCase);
        // The block says how far it went, and the interpreter must then be in the same place.
        Outcome asBuilt = _core.RunBlock(guestCase, built, out int instructions);
        Instructions = (Instructions.InCases + guestCase.Words.Length, Instructions.Run + instructions);
        Outcome expected = _core.RunInterpreter(guestCase, instructions);
        Completed = !expected.Exit.StartsWith("interrupt", StringComparison.Ordinal);
        if (asBuilt.DifferenceFrom(expected) is { } wrong)
            return "block as built, against the interpreter:\n" + wrong;
        IrBlock better = passes.Run(built);
        Outcome optimized = _core.RunBlock(guestCase, better, out _);
        if (optimized.DifferenceFrom(expected) is { } broken)
            return "block after the passes, against the interpreter:\n" + broken;
        foreach (bool speculative in new[] { true, false })
        {
            Outcome compiled = _core.RunRegion(guestCase, better, built.Site.Instructions, instructions, speculative);
            if (compiled.DifferenceFrom(expected) is { } bad)
                return $"compiled region{(speculative ? " that leaves for the interpreter" : "")}, against the interpreter:\n{bad}";
        }

        Outcome native = _core.RunNative(guestCase, instructions, out bool made);
        NativeUnits += made ? 1 : 0;
        return native.DifferenceFrom(expected) is { } different ? "native code, against the interpreter:\n" + different : null;
    }

    public void Dispose() => _core.Dispose();
}
