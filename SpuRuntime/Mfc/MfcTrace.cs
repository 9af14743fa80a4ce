using SpuRuntime.State;
using SpuRuntime.Timeline;

namespace SpuRuntime.Mfc;

/// <summary>Records the transfers in the MFC's queues in a timeline. With the SPE's lock held.</summary>
internal static class MfcTrace
{
    /// <summary>A command has been put into a queue.</summary>
    public static void Issued(SpeTrack track, bool proxy, int place, in MfcCommand command)
    {
        MfcCommandKind kind = MfcOpcode.KindOf(command.Opcode);
        if (IsGet(kind) || IsPut(kind))
            track.Issued(PlaceOf(proxy, place), (int)(command.Tag & 31), command.IsList ? 0 : command.Size, IsGet(kind));
        else
            track.Purged(PlaceOf(proxy, place));
    }

    /// <summary>A step of it has been made: of a list, an element or a part of one.</summary>
    public static void Stepped(SpeTrack track, bool proxy, int place, in MfcCommand before, in MfcCommand after, bool done)
    {
        // Between elements local store addresses go on at the next quadword, so this is the size to within 15 bytes.
        if (after.IsList)
            track.Grown(PlaceOf(proxy, place), (after.LocalAddress - before.LocalAddress) & (SpuState.LocalStoreSize - 1));
        if (done)
            track.Completed(PlaceOf(proxy, place));
    }

    /// <summary>The queues have been emptied.</summary>
    public static void Purged(SpeTrack track)
    {
        for (int place = 0; place < SpeTrack.Places; place++)
            track.Purged(place);
    }

    private static int PlaceOf(bool proxy, int place) => proxy ? MfcQueue.SpuCapacity + place : place;

    private static bool IsGet(MfcCommandKind kind) => kind is MfcCommandKind.Get or MfcCommandKind.GetList;

    private static bool IsPut(MfcCommandKind kind) => kind is MfcCommandKind.Put or MfcCommandKind.PutList;
}
