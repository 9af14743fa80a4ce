using CellPpe.Core.Ports;

namespace CellPpe.Ppe.Cycles;

/// <summary>What the search for a cycle knows about everything outside the thread.</summary>
/// <param name="PauseCall">Number of the hypercall lv1_pause, which changes nothing and may return at any time.</param>
/// <param name="Writers">All that stores into memory besides the threads.</param>
/// <param name="MostSteps">Instructions to try before giving up.</param>
public sealed record CycleConditions(ulong PauseCall, IReadOnlyList<IMemoryWriter> Writers, int MostSteps = 50_000);
