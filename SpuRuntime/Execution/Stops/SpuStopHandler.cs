using CellPpe.Core.Stops;

namespace SpuRuntime.Execution.Stops;

/// <summary>
/// What stands in the place of the handler of an instruction with a breakpoint, and, while bytes are watched, of every load and store.
/// </summary>
internal static unsafe class SpuStopHandler
{
    /// <summary>Leaves the loop before the instruction, or runs it.</summary>
    public static DecodedInsn* Run(SpuContext* c, DecodedInsn* i)
    {
        SpuCore core = c->Core;
        return core.Points is { } points && Stops(c, i, points)
            ? SpuInterpreter.LeaveBefore(c, i, SpuExitReason.StopPoint, 0)
            : core.HandlerOf(i)(c, i);
    }

    private static bool Stops(SpuContext* c, DecodedInsn* i, StopPoints points)
    {
        uint address = c->AddressOf(i);
        if (points.BreaksAt(address))
        {
            points.Found(StopCause.Breakpoint, address);
            return true;
        }

        if (!LocalStoreAccess.TryFind(c, i, out uint quadword, out WatchedAccess access)
            || !points.Watches(quadword, LocalStoreAccess.Bytes, access, out ulong data))
        {
            return false;
        }

        points.Found(StopCause.Watchpoint, address, data, access);
        return true;
    }
}
