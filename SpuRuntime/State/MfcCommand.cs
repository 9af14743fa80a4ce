namespace SpuRuntime.State;

/// <summary>A command in a queue, and how far it has come: plain data without padding.</summary>
internal struct MfcCommand
{
    /// <summary>Where the rest of the transfer lies in memory. Of a list: of the element in work, or only its upper half.</summary>
    public ulong Address;

    /// <summary>Which of the queue's commands was issued first.</summary>
    public ulong Order;

    /// <summary>Local store address of the rest.</summary>
    public uint LocalAddress;

    /// <summary>Bytes left; of a list, of the element in work.</summary>
    public uint Size;

    /// <summary>The tag as written: more than 31 is an error, found when the command is started.</summary>
    public uint Tag;

    /// <summary>Local store address of the next list element.</summary>
    public uint ListAddress;

    /// <summary>Bytes of list not yet read.</summary>
    public uint ListSize;

    public byte Opcode;
    public bool IsValid;

    /// <summary>Waits for the SPU to acknowledge the element it has stalled at.</summary>
    public bool IsStalled;

    /// <summary>What is known of the command and of the list element in work.</summary>
    public MfcProgress Progress;

    public readonly bool IsList => MfcOpcode.IsList(Opcode);

    public readonly uint TagBit => 1u << (int)(Tag & 31);
}

/// <summary>
/// A queue entry as four doublewords at MFC_CQ_SR (CBE Public Registers 3.3.2.1). What the bits mean concerns only the
/// hardware's: software saves and restores them. These follow the manual's tables where those have a field for it.
/// </summary>
internal static class MfcCommandCodec
{
    private const ulong Valid = 1UL << 63;
    private const ulong Stalled = 1UL << 62;
    private const int OrderShift = 32;

    public static ulong Read(in MfcCommand command, int doubleword, uint rank)
    {
        if (!command.IsValid)
            return 0;
        return doubleword switch
        {
            0 => ((ulong)(command.ListAddress & 0x3ffff) << 46) | ((ulong)(command.ListSize & 0xffff) << 29)
                | ((ulong)command.Opcode << 21) | ((ulong)(command.Tag & 31) << 16) | (command.Tag > 31 ? 1UL << 15 : 0),
            1 => command.Address,
            2 => ((ulong)(command.LocalAddress & 0x3ffff) << 46) | ((ulong)(command.Size & 0xffff) << 29) | (ulong)command.Progress,
            _ => Valid | (command.IsStalled ? Stalled : 0) | ((ulong)rank << OrderShift),
        };
    }

    /// <summary>Writes one doubleword back. The last one makes the entry valid.</summary>
    public static void Write(ref MfcCommand command, int doubleword, ulong value)
    {
        switch (doubleword)
        {
            case 0:
                command.ListAddress = (uint)(value >> 46) & 0x3ffff;
                command.ListSize = (uint)(value >> 29) & 0xffff;
                command.Opcode = (byte)(value >> 21);
                command.Tag = ((uint)(value >> 16) & 31) | ((value & (1UL << 15)) != 0 ? 32u : 0);
                break;
            case 1:
                command.Address = value;
                break;
            case 2:
                command.LocalAddress = (uint)(value >> 46) & 0x3ffff;
                command.Size = (uint)(value >> 29) & 0xffff;
                command.Progress = (MfcProgress)(value & 7);
                break;
            default:
                command.IsValid = (value & Valid) != 0;
                command.IsStalled = (value & Stalled) != 0;
                command.Order = (value >> OrderShift) & 0xff;
                break;
        }
    }
}
