namespace Ps3Platform.Devices.Storage.Optical;

/// <summary>Packets that move no sectors, and their answers.</summary>
internal static class PacketAnswers
{
    /// <summary>Does what a packet asks for.</summary>
    /// <param name="drive">The drive.</param>
    /// <param name="packet">Any packet but reads.</param>
    /// <param name="into">Takes the reply, as much as the packet allows and there is room for.</param>
    public static Sense Answer(DriveMechanism drive, in Packet packet, Span<byte> into)
    {
        Span<byte> bytes = stackalloc byte[Reply.Longest];
        bytes.Clear();
        var reply = new Reply(bytes);
        Sense sense = Answer(drive, in packet, ref reply, out uint most);
        if (sense == Sense.None)
            bytes[..(int)Math.Min(Math.Min((uint)reply.Length, most), (uint)into.Length)].CopyTo(into);
        return sense;
    }

    private static Sense Answer(DriveMechanism mechanism, in Packet packet, ref Reply reply, out uint most)
    {
        DriveState drive = mechanism.State;
        most = Reply.Longest;
        // These are answered whatever is pending (MMC-5, 4.1.6.1).
        switch (packet.Operation)
        {
            case PacketOperation.Inquiry:
                most = packet.U16(3);
                return DriveReplies.Inquiry(in packet, ref reply);
            case PacketOperation.RequestSense:
                most = packet[4];
                mechanism.TakeAttention();
                return DriveReplies.RequestSense(in drive, ref reply);
            case PacketOperation.ReportLuns:
                most = packet.U32(6);
                return DriveReplies.ReportLuns(ref reply);
            case PacketOperation.GetConfiguration:
                most = packet.U16(7);
                return DriveReplies.GetConfiguration(in packet, in drive, ref reply);
            case PacketOperation.GetEventStatus:
                most = packet.U16(7);
                Sense sense = DriveReplies.GetEventStatus(in packet, in drive, ref reply, out bool isReported);
                if (isReported)
                    mechanism.ForgetEvent();
                return sense;
        }

        Sense attention = mechanism.TakeAttention();
        return attention != Sense.None ? attention : AnswerReady(mechanism, in packet, in drive, ref reply, out most);
    }

    private static Sense AnswerReady(DriveMechanism mechanism, in Packet packet, in DriveState drive, ref Reply reply, out uint most)
    {
        most = packet.U16(7);
        switch (packet.Operation)
        {
            case PacketOperation.StartStopUnit:
                return mechanism.StartOrStop(packet[4]);
            case PacketOperation.PreventAllowRemoval:
                mechanism.IsLocked = (packet[4] & 1) != 0;
                return Sense.None;
            case PacketOperation.ModeSense10:
                return DriveReplies.ModeSense(in packet, in drive, ref reply);
            case PacketOperation.MechanismStatus:
                most = packet.U16(8);
                return DriveReplies.MechanismStatus(ref reply);
            // There is one speed, and nothing that was written.
            case PacketOperation.SetSpeed or PacketOperation.SynchronizeCache:
                return Sense.None;
        }

        bool isOfMedium = packet.Operation is PacketOperation.TestUnitReady or PacketOperation.Seek or PacketOperation.ReadCapacity
            or PacketOperation.ReadToc or PacketOperation.ReadDiscInformation or PacketOperation.ReadTrackInformation
            or PacketOperation.Write10 or PacketOperation.Write12 or PacketOperation.WriteAndVerify;
        if (isOfMedium && !drive.HasMedium)
            return Sense.NoMedium;
        switch (packet.Operation)
        {
            case PacketOperation.TestUnitReady:
                return Sense.None;
            case PacketOperation.Seek:
                return packet.Sector < drive.Sectors ? Sense.None : Sense.OutOfRange;
            case PacketOperation.ReadCapacity:
                most = Reply.Longest;
                return DiscReplies.ReadCapacity(in drive, ref reply);
            case PacketOperation.ReadToc:
                return DiscReplies.ReadToc(in packet, in drive, ref reply);
            case PacketOperation.ReadDiscInformation:
                return DiscReplies.ReadDiscInformation(in packet, ref reply);
            case PacketOperation.ReadTrackInformation:
                return DiscReplies.ReadTrackInformation(in packet, in drive, ref reply);
            case PacketOperation.Write10 or PacketOperation.Write12 or PacketOperation.WriteAndVerify:
                return Sense.WriteProtected;
            default:
                return Sense.UnknownCommand;
        }
    }
}
