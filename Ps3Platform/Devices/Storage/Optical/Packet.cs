using System.Buffers.Binary;

namespace Ps3Platform.Devices.Storage.Optical;

/// <summary>Operation codes (SPC-3, MMC-5).</summary>
internal enum PacketOperation : byte
{
    TestUnitReady = 0x00,
    RequestSense = 0x03,
    Inquiry = 0x12,
    StartStopUnit = 0x1b,
    PreventAllowRemoval = 0x1e,
    ReadCapacity = 0x25,
    Read10 = 0x28,
    Write10 = 0x2a,
    Seek = 0x2b,
    WriteAndVerify = 0x2e,
    SynchronizeCache = 0x35,
    ReadToc = 0x43,
    GetConfiguration = 0x46,
    GetEventStatus = 0x4a,
    ReadDiscInformation = 0x51,
    ReadTrackInformation = 0x52,
    ModeSense10 = 0x5a,
    ReportLuns = 0xa0,
    Read12 = 0xa8,
    Write12 = 0xaa,
    SetSpeed = 0xbb,
    MechanismStatus = 0xbd,

    /// <summary>The first of those that are the vendor's.</summary>
    Vendor = 0xc0,
}

/// <summary>The fields of a command packet.</summary>
/// <param name="bytes"><see cref="AtapiBlock.PacketSize"/> bytes.</param>
internal readonly ref struct Packet(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public PacketOperation Operation => (PacketOperation)_bytes[0];

    /// <summary>First sector of a read or write.</summary>
    public uint Sector => U32(2);

    /// <summary>Sectors of a read or write.</summary>
    public uint Sectors => Operation is PacketOperation.Read12 or PacketOperation.Write12 ? U32(6) : U16(7);

    public byte this[int index] => _bytes[index];

    public ushort U16(int index) => BinaryPrimitives.ReadUInt16BigEndian(_bytes[index..]);

    public uint U32(int index) => BinaryPrimitives.ReadUInt32BigEndian(_bytes[index..]);
}
