using System.Globalization;

using CellPpe.Recompiler;

using SpuRuntime.State;

namespace SpuRuntime.Execution.Translation;

/// <summary>Where the intermediate representation finds the parts of <see cref="SpuState"/>.</summary>
internal static unsafe class SpuIrSlots
{
    private const int RegisterBytes = 16;

    private static readonly IrSlot[] Registers = CreateRegisters();

    /// <summary>The FPSCR: helpers get it by reference.</summary>
    public static IrSlot Fpscr { get; } = FpscrSlot();

    /// <summary>One of the 128 registers.</summary>
    public static IrSlot Gpr(int index) => Registers[index];

    /// <summary>What listings call a slot.</summary>
    public static string NameOf(IrSlot slot) =>
        slot == Fpscr ? "fpscr" : string.Create(CultureInfo.InvariantCulture, $"r{(slot.Offset - Registers[0].Offset) / RegisterBytes}");

    private static IrSlot[] CreateRegisters()
    {
        SpuState state = default;
        int start = (int)((byte*)&state.Registers - (byte*)&state);
        return [.. Enumerable.Range(0, 128).Select(index => new IrSlot(start + (RegisterBytes * index), RegisterBytes))];
    }

    private static IrSlot FpscrSlot()
    {
        SpuState state = default;
        return new IrSlot((int)((byte*)&state.Fpscr - (byte*)&state), RegisterBytes);
    }
}
