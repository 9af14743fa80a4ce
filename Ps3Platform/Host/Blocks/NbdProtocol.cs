namespace Ps3Platform.Host.Blocks;

/// <summary>Numbers of the NBD protocol (doc/proto.md of the NBD project). All integers on the wire are big-endian.</summary>
internal static class NbdProtocol
{
    public const ulong ServerMagic = 0x4e42_444d_4147_4943;
    public const ulong OptionMagic = 0x4948_4156_454f_5054;
    public const ulong OptionReplyMagic = 0x0003_e889_0455_65a9;
    public const uint RequestMagic = 0x2560_9513;
    public const uint SimpleReplyMagic = 0x6744_6698;
    public const uint StructuredReplyMagic = 0x668e_33ef;

    public const ushort FixedNewstyle = 1;
    public const ushort NoZeroes = 2;

    public const uint OptionExportName = 1;
    public const uint OptionGo = 7;
    public const uint OptionStructuredReply = 8;

    public const uint ReplyAcknowledge = 1;
    public const uint ReplyInfo = 3;
    public const uint ReplyIsError = 1U << 31;
    public const uint ReplyUnsupported = ReplyIsError | 1;

    public const ushort InfoExport = 0;
    public const ushort InfoBlockSize = 3;

    public const ushort CommandFlagForceUnitAccess = 1;
    public const ushort ChunkIsLast = 1;
    public const ushort ChunkNone = 0;
    public const ushort ChunkData = 1;
    public const ushort ChunkHole = 2;
    public const ushort ChunkIsError = 1 << 15;
}

/// <summary>What an export can do: the transmission flags.</summary>
[Flags]
internal enum NbdFlags : ushort
{
    None = 0,
    ReadOnly = 1 << 1,
    Flush = 1 << 2,
    ForceUnitAccess = 1 << 3,
    Trim = 1 << 5,
}

/// <summary>Commands.</summary>
internal enum NbdCommand : ushort
{
    Read = 0,
    Write = 1,
    Disconnect = 2,
    Flush = 3,
    Trim = 4,
}

/// <summary>What the handshake has told of an export.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="Flags">What it can do.</param>
/// <param name="LargestRequest">Most bytes of one read or write.</param>
/// <param name="IsStructured">Reads are answered in chunks.</param>
internal sealed record NbdExport(ulong Length, NbdFlags Flags, uint LargestRequest, bool IsStructured);
