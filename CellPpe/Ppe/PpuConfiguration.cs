using CellPpe.Core;
using CellPpe.Ppe.Engines;
using CellPpe.Ppe.Locking;

namespace CellPpe.Ppe;

/// <summary>The configuration of a PPE.</summary>
/// <param name="Threads">1 or 2 hardware threads.</param>
/// <param name="RealModeLimit">Bytes that are reachable with translation off, from address 0.</param>
/// <param name="CodePageLimit">Pages of decoded instructions kept; 25 KB of host memory each.</param>
/// <param name="Engine">How guest code is run.</param>
/// <param name="ExactBudgets">
/// True: a run never exceeds its instruction budget, as the instruction clock needs. False: compiled code may finish its loop iteration.
/// </param>
/// <param name="HostThreads">Each hardware thread is run by a host thread of its own, under the rules of <see cref="MachineLock"/>.</param>
public sealed record PpuConfiguration(
    int Threads, ulong RealModeLimit, int CodePageLimit = 2048, PpuEngine Engine = PpuEngine.Auto, bool ExactBudgets = true,
    bool HostThreads = false)
{
    /// <summary>
    /// Where conditional stores meet the atomic commands of SPEs; null when there are none. With it, memory is shared with others that
    /// run at the same time, whatever <see cref="HostThreads"/> says.
    /// </summary>
    public ReservationTable? Reservations { get; init; }

    /// <summary>
    /// The most guest instructions kept as compiled code; null: the default (<see cref="EngineOptions.MostInstructions"/>).
    /// </summary>
    public long? CompiledLimit { get; init; }

    /// <summary>Overrides what <see cref="Engine"/> stands for, for tests.</summary>
    internal EngineOptions? Options { get; init; }
}
