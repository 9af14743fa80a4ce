using CellPpe.Ppe.State;

namespace Differential.Tests.Guest;

/// <summary>One thing to run on every engine: a straight run of instructions and the state it starts in.</summary>
/// <param name="Seed">Makes the same case again.</param>
/// <param name="Words">The instructions.</param>
/// <param name="State">Registers, with State.Nia at the first instruction.</param>
internal sealed record GuestCase(int Seed, uint[] Words, PpuState State);
