namespace SpuRuntime.Execution.Interpreter;

/// <summary>
/// The compiled code of one SPU, as the interpreter reaches it. Only slow paths come here; compiled code itself is entered as a handler.
/// Belongs to the host thread that runs the SPU.
/// </summary>
internal interface ISpuRegions
{
    /// <summary>Arrivals by branches until a freshly decoded instruction is worth a call of <see cref="Request"/>.</summary>
    ushort FirstHeat { get; }

    /// <summary>The decoded instruction at an address is warm: installs compiled code for it, or asks for some.</summary>
    void Request(uint address);

    /// <summary>The words of a quadword are no longer what they were: removes the regions that were made of them.</summary>
    void Drop(uint quadword);

    /// <summary>A computed branch has left a region.</summary>
    void NoteTarget(uint branch, uint target);

    /// <summary>A region has left an instruction to the interpreter by a side exit.</summary>
    void NoteSideExit(uint address);

    /// <summary>The region at an address was not entered, because indices of shuffles are not what it assumes.</summary>
    void NoteUnfit(uint address);
}
