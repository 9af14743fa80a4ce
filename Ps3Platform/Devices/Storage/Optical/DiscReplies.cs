namespace Ps3Platform.Devices.Storage.Optical;

/// <summary>Answers that describe the medium: one session with one track of data (MMC-5; sections at each).</summary>
internal static class DiscReplies
{
    private const int LeadOut = 0xaa;

    // ADR 1 (position); control 4 (data track, no copy).
    private const int DataTrack = 0x14;

    /// <summary>READ CAPACITY (MMC-5, 6.22).</summary>
    public static Sense ReadCapacity(in DriveState drive, ref Reply reply)
    {
        reply.U32(drive.Sectors - 1);
        reply.U32(Disc.SectorSize);
        return Sense.None;
    }

    /// <summary>READ TOC/PMA/ATIP (MMC-5, 6.26): table of contents, sessions, and the raw table of contents.</summary>
    public static Sense ReadToc(in Packet packet, in DriveState drive, ref Reply reply)
    {
        bool isMsf = (packet[1] & 2) != 0;
        // SFF-8020 has the format in the last byte.
        int format = (packet[2] & 0x0f) != 0 ? packet[2] & 0x0f : packet[9] >> 6;
        int start = packet[6];
        reply.U16(0);
        reply.U8(1);
        reply.U8(1);
        switch (format)
        {
            case 0 when start is <= 1 or LeadOut:
                if (start <= 1)
                    Track(1, 0, isMsf, ref reply);
                Track(LeadOut, drive.Sectors, isMsf, ref reply);
                break;
            case 1:
                Track(1, 0, isMsf, ref reply);
                break;
            case 2 when start <= 1:
                RawToc(drive.Sectors, ref reply);
                break;
            default:
                return Sense.BadField;
        }

        reply.SetLength16(0);
        return Sense.None;
    }

    /// <summary>READ DISC INFORMATION (MMC-5, 6.24): finalized, one session, one track.</summary>
    public static Sense ReadDiscInformation(in Packet packet, ref Reply reply)
    {
        // Standard information alone.
        if ((packet[1] & 7) != 0)
            return Sense.BadField;
        reply.U16(32);
        reply.U8(0x0e);
        reply.U8(1);
        reply.U8(1);
        reply.U8(1);
        reply.U8(1);
        reply.U8(0x20);
        reply.Zeros(8);
        // No lead-in and no lead-out can be written.
        reply.U32(uint.MaxValue);
        reply.U32(uint.MaxValue);
        reply.Zeros(10);
        return Sense.None;
    }

    /// <summary>READ TRACK INFORMATION (MMC-5, 6.27) of the one track.</summary>
    public static Sense ReadTrackInformation(in Packet packet, in DriveState drive, ref Reply reply)
    {
        uint number = packet.U32(2);
        bool isThere = (packet[1] & 3) switch
        {
            0 => number < drive.Sectors,
            1 or 2 => number == 1,
            _ => false,
        };
        if (!isThere)
            return Sense.BadField;
        reply.U16(34);
        reply.U8(1);
        reply.U8(1);
        reply.U8(0);
        reply.U8(4);
        reply.U8(1);
        reply.Zeros(1);
        reply.U32(0);
        reply.Zeros(12);
        reply.U32(drive.Sectors);
        reply.Zeros(8);
        return Sense.None;
    }

    private static void Track(int number, uint sector, bool isMsf, ref Reply reply)
    {
        reply.U8(0);
        reply.U8(DataTrack);
        reply.U8(number);
        reply.U8(0);
        if (isMsf)
        {
            reply.U8(0);
            Msf(sector, ref reply);
        }
        else
            reply.U32(sector);
    }

    private static void RawToc(uint sectors, ref Reply reply)
    {
        RawEntry(0xa0, 1, 0, ref reply);
        RawEntry(0xa1, 1, 0, ref reply);
        RawEntry(0xa2, null, sectors, ref reply);
        RawEntry(1, null, 0, ref reply);
    }

    // The first three points say the first track, the last track and where the lead-out begins.
    private static void RawEntry(int point, int? number, uint sector, ref Reply reply)
    {
        reply.U8(1);
        reply.U8(DataTrack);
        reply.U8(0);
        reply.U8(point);
        reply.Zeros(4);
        if (number is { } track)
        {
            reply.U8(track);
            reply.U16(0);
        }
        else
            Msf(sector, ref reply);
    }

    // Two seconds lie before sector 0. What lies beyond the longest address, on a DVD, is given as that.
    private static void Msf(uint sector, ref Reply reply)
    {
        uint frame = Math.Min(sector + 150, (100 * 60 * 75) - 1);
        reply.U8((int)(frame / (60 * 75)));
        reply.U8((int)(frame / 75 % 60));
        reply.U8((int)(frame % 75));
    }
}
