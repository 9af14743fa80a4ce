using CellPpe.Core;

using SpuRuntime.State;

namespace SpuRuntime.Mfc;

/// <summary>Registers that DMA reaches beside memory: an SPE's problem state area.</summary>
internal interface IDmaRegisters : IMmioDevice
{
    /// <summary>A store of one or two words. The SPE's own SPU is woken at once; commands that became ready wait.</summary>
    /// <returns>What is left to do: to be given to <see cref="CarryOut"/> when the transfer's last word has been stored.</returns>
    SpeActions StoreFromDma(ulong offset, int size, ulong value);

    /// <summary>Does what stores have left to do. Without any lock.</summary>
    void CarryOut(SpeActions actions);
}
