using System.Buffers.Binary;

using CellPpe.Core;

using Lv1Hypervisor.Contracts;

namespace Ps3Platform.Devices.Usb.Ohci;

/// <summary>
/// Isochronous transfers (OHCI 1.0a, 4.3.2). No device here has an isochronous endpoint, so none is answered: a transfer whose frames have
/// come ends with "not accessed" in all its packets.
/// </summary>
internal static class OhciIsochronous
{
    private const int Size = 32;
    private const int FirstPacket = 16;

    /// <summary>Ends the first transfer of an endpoint if its last frame has come.</summary>
    public static void Retire(OhciSchedule schedule, IDmaPort dma, ref EndpointDescriptor endpoint, ushort frame)
    {
        Span<byte> bytes = stackalloc byte[Size];
        uint address = endpoint.Head;
        // The queue's pointers are multiples of 16; these descriptors of 32.
        if ((address & 0x1f) != 0 || dma.Read(new IoAddress(address), bytes) != DmaFault.None)
        {
            schedule.Fail();
            return;
        }

        uint control = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        int packets = (int)((control >> 24) & 7) + 1;
        short relative = (short)(frame - (ushort)control);
        if (relative < packets - 1)
            return;
        uint next = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) & ~0xfu;
        for (int packet = 0; packet < packets; packet++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(
                bytes[(FirstPacket + (2 * packet))..], (ushort)((uint)OhciCondition.NotResponding << 12));
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes, control & 0x0fff_ffff);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], schedule.DoneHead);
        if (dma.Write(new IoAddress(address), bytes) != DmaFault.None
            || !endpoint.TrySetHead(dma, next, endpoint.Toggle, halted: false))
        {
            schedule.Fail();
            return;
        }

        schedule.Retired(address, (int)((control >> 21) & 7));
    }
}
