using CellPpe.Core.Stops;

using SpuRuntime.Engine;

namespace SpuRuntime.Execution.Interpreter;

/// <summary>
/// What stands in the place of the handler of an instruction with a breakpoint, and, while bytes are watched, of every load and store.
/// </summary>
internal static unsafe class SpuStopHandler
{
    /// <summary>Leaves the loop before the instruction, or runs it.</summary>
    public static SpuDecodedInsn* Run(SpuContext* c, SpuDecodedInsn* i)
    {
        DecodedLocalStore decoded = c->Owner;
        return decoded.Points is { } points && Stops(c, i, points)
            ? SpuInterpreter.LeaveBefore(c, i, SpuExitReason.StopPoint, 0)
            : decoded.HandlerOf(i)(c, i);
    }

    private static bool Stops(SpuContext* c, SpuDecodedInsn* i, StopPoints points)
    {
        uint address = c->AddressOf(i);
        if (points.BreaksAt(address))
        {
            points.Found(StopCause.Breakpoint, address);
            return true;
        }

        if (!LocalStoreAccess.TryFind(i->Word, address, c->State, c->QuadwordMask, out uint quadword, out WatchedAccess access)
            || !points.Watches(quadword, LocalStoreAccess.Bytes, access, out ulong data))
        {
            return false;
        }

        points.Found(StopCause.Watchpoint, address, data, access);
        return true;
    }
}
