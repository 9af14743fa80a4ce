namespace Ps3Platform.Devices.Storage.Optical;

/// <summary>Answers of the drive that say what it is (SPC-3 and MMC-5; sections at each).</summary>
internal static class DriveReplies
{
    private const int CdDvdDevice = 5;
    private const int MediaClass = 4;
    private const int AllPages = 0x3f;

    // DVD-ROM at 2x of its 1385 kB/s: chosen.
    private const int Speed = 2770;

    /// <summary>INQUIRY (SPC-3, 6.4). Vendor and product are a console's (devices.md 1.3).</summary>
    public static Sense Inquiry(in Packet packet, ref Reply reply)
    {
        if ((packet[1] & 1) != 0)
            return VitalProductData(in packet, ref reply);
        if (packet[2] != 0)
            return Sense.BadField;
        reply.U8(CdDvdDevice);
        reply.U8(0x80);
        reply.U8(5);
        reply.U8(2);
        reply.U8(31);
        reply.Zeros(3);
        reply.Text("SONY", 8);
        reply.Text("PS-SYSTEM   302R", 16);
        reply.Text("1.0", 4);
        return Sense.None;
    }

    /// <summary>REQUEST SENSE (SPC-3, 6.27), fixed format: what is pending; the sense of failed commands is in their status.</summary>
    public static Sense RequestSense(in DriveState drive, ref Reply reply)
    {
        reply.U8(0x70);
        reply.U8(0);
        reply.U8(drive.Attention.Key);
        reply.Zeros(4);
        reply.U8(10);
        reply.Zeros(4);
        reply.U8(drive.Attention.Code);
        reply.U8(drive.Attention.Qualifier);
        reply.Zeros(4);
        return Sense.None;
    }

    /// <summary>REPORT LUNS (SPC-3, 6.21): unit 0 alone.</summary>
    public static Sense ReportLuns(ref Reply reply)
    {
        reply.U32(8);
        reply.Zeros(12);
        return Sense.None;
    }

    /// <summary>GET CONFIGURATION (MMC-5, 6.6): the features that match what the drive reads.</summary>
    public static Sense GetConfiguration(in Packet packet, in DriveState drive, ref Reply reply)
    {
        int request = packet[1] & 3;
        if (request == 3)
            return Sense.BadField;
        int first = packet.U16(2);
        DiscProfile profile = Disc.ProfileOf(drive.Sectors);
        reply.U32(0);
        reply.U16(0);
        reply.U16((int)profile);
        foreach (Feature feature in (ReadOnlySpan<Feature>)
            [
                new(0x0000, 0, true, 12), new(0x0001, 2, true, 8), new(0x0002, 1, true, 4), new(0x0003, 1, true, 4),
                new(0x0010, 0, drive.HasMedium, 8), new(0x001e, 2, profile == DiscProfile.Cd, 4),
                new(0x001f, 0, profile == DiscProfile.Dvd, 4), new(0x0040, 0, profile == DiscProfile.Bd, 28),
            ])
        {
            bool isWanted = request == 2 ? feature.Code == first : feature.Code >= first && (request == 0 || feature.IsCurrent);
            if (isWanted)
                Describe(feature, profile, ref reply);
        }

        reply.SetLength32(0);
        return Sense.None;
    }

    /// <summary>GET EVENT STATUS NOTIFICATION (MMC-5, 6.7), polled.</summary>
    public static Sense GetEventStatus(in Packet packet, in DriveState drive, ref Reply reply, out bool isReported)
    {
        isReported = false;
        if ((packet[1] & 1) == 0)
            return Sense.BadField;
        bool isMedia = (packet[4] & (1 << MediaClass)) != 0;
        reply.U16(isMedia ? 6 : 2);
        // No event available, when no class is asked for that there is.
        reply.U8(isMedia ? MediaClass : 0x80);
        reply.U8(1 << MediaClass);
        if (!isMedia)
            return Sense.None;
        reply.U8((int)drive.Event);
        reply.U8(drive.HasMedium ? 2 : 0);
        reply.U16(0);
        isReported = true;
        return Sense.None;
    }

    /// <summary>MODE SENSE(10) (SPC-3, 6.10): error recovery, and capabilities and mechanical status (MMC-3, 5.5.10).</summary>
    public static Sense ModeSense(in Packet packet, in DriveState drive, ref Reply reply)
    {
        int control = packet[2] >> 6;
        int page = packet[2] & 0x3f;
        if (control == 3)
            return Sense.SavingUnsupported;
        if (page is not (0x01 or 0x2a or AllPages) || packet[3] is not (0 or 0xff))
            return Sense.BadField;
        reply.U16(0);
        // Medium type: in the older standards 0x70 is "no disc".
        reply.U8(drive.HasMedium ? 0x01 : 0x70);
        reply.Zeros(5);
        // Of the values that can be changed (control 1) there are none.
        bool isChangeable = control == 1;
        if (page is 0x01 or AllPages)
        {
            reply.U16(0x010a);
            reply.U8(0);
            reply.U8(isChangeable ? 0 : 5);
            reply.Zeros(8);
        }

        if (page is 0x2a or AllPages)
            Capabilities(drive.IsLocked, isChangeable, ref reply);
        reply.SetLength16(0);
        return Sense.None;
    }

    /// <summary>MECHANISM STATUS (MMC-5, 6.10): no changer.</summary>
    public static Sense MechanismStatus(ref Reply reply)
    {
        reply.Zeros(8);
        return Sense.None;
    }

    private static Sense VitalProductData(in Packet packet, ref Reply reply)
    {
        // The list of pages, which has itself alone.
        if (packet[2] != 0)
            return Sense.BadField;
        reply.U8(CdDvdDevice);
        reply.U8(0);
        reply.U16(1);
        reply.U8(0);
        return Sense.None;
    }

    private static void Describe(Feature feature, DiscProfile profile, ref Reply reply)
    {
        reply.U16(feature.Code);
        // Version, persistent for the first four, current.
        reply.U8((feature.Version << 2) | (feature.Code < 0x10 ? 2 : 0) | (feature.IsCurrent ? 1 : 0));
        reply.U8(feature.Length);
        int start = reply.Length;
        switch (feature.Code)
        {
            case 0x0000:
                foreach (DiscProfile one in (ReadOnlySpan<DiscProfile>)[DiscProfile.Bd, DiscProfile.Dvd, DiscProfile.Cd])
                {
                    reply.U16((int)one);
                    reply.U16(one == profile ? 0x0100 : 0);
                }

                break;
            case 0x0001:
                // ATAPI; INQ2 and DBE.
                reply.U32(2);
                reply.U8(1);
                break;
            case 0x0003:
                // Loading mechanism "tray", can eject and lock.
                reply.U8(0x29);
                break;
            case 0x0010:
                reply.U32(Disc.SectorSize);
                reply.U16(1);
                break;
        }

        reply.Zeros(feature.Length - (reply.Length - start));
    }

    private static void Capabilities(bool isLocked, bool isChangeable, ref Reply reply)
    {
        reply.U16(0x2a12);
        if (isChangeable)
        {
            reply.Zeros(18);
            return;
        }

        // Reads CD-R, CD-RW and DVD-ROM; writes nothing; multisession; "tray" with eject and lock.
        reply.U8(0x0b);
        reply.U8(0);
        reply.U8(0x40);
        reply.U8(0);
        reply.U8(0x29 | (isLocked ? 2 : 0));
        reply.U8(0);
        reply.U16(Speed);
        reply.U16(0);
        reply.U16(512);
        reply.U16(Speed);
        reply.Zeros(4);
    }

    private readonly record struct Feature(int Code, int Version, bool IsCurrent, int Length);
}
