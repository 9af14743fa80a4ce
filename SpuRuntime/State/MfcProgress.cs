namespace SpuRuntime.State;

/// <summary>What is known of a command in a queue, and of the list element in work.</summary>
[Flags]
internal enum MfcProgress : byte
{
    None = 0,

    /// <summary>The element has been read from the list; <see cref="MfcCommand.Size"/> bytes of it are left.</summary>
    InElement = 1,

    /// <summary>The command stalls when it is done.</summary>
    StallsAfter = 2,

    /// <summary>
    /// Command error, known when the command was enqueued (CBE Public Registers 3.3.2.1, CSR_CMDQ_DW2 bit 40). It is reported when the
    /// command is started.
    /// </summary>
    Error = 4,
}
