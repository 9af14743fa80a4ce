namespace Ps3Platform.Devices.Blocks;

/// <summary>
/// What holds the bytes of a disk, a disc or a flash: a file, a server. What is behind it is the host's matter. <see cref="Submit"/>
/// never blocks, so that no file system and no server can stop the machine. Requests are served in the order in which they were submitted.
/// </summary>
public interface IBlockBackend : IDisposable
{
    /// <summary>What it is, for messages: "disk.img", "nbd://127.0.0.1:10809/root".</summary>
    string Name { get; }

    /// <summary>Size in bytes, a multiple of <see cref="SectorSize"/>.</summary>
    ulong Length { get; }

    /// <summary>Bytes of the smallest piece that can be read or written.</summary>
    uint SectorSize { get; }

    /// <summary>Every write ends with <see cref="BlockError.ReadOnly"/>.</summary>
    bool IsReadOnly { get; }

    /// <summary>
    /// Requests wait because of what the text says, such as a full disk, or go on again (null). Raised on a thread of the host's: a handler
    /// may not use the machine.
    /// </summary>
    event Action<string?>? Stalled;

    /// <summary>
    /// A request failed, or waits for the first time. Raised on a thread of the host's: a handler may not use the machine, and may not
    /// block.
    /// </summary>
    event Action<BlockFailure>? Failed
    {
        add { }
        remove { }
    }

    /// <summary>Why requests wait now, or null.</summary>
    string? StallReason { get; }

    /// <summary>From any thread: a request that waits is tried again at once. Without effect when none waits.</summary>
    void Retry()
    {
    }

    /// <summary>
    /// Takes a request, which belongs to the back end until it is completed. One thread at a time.
    /// </summary>
    void Submit(BlockRequest request);

    /// <summary>
    /// Serves a read on the calling thread, which submits all other requests. It never blocks: it serves a read only when the host has the
    /// bytes in memory and no earlier request is under way.
    /// </summary>
    /// <returns>
    /// False: nothing was done, and <see cref="Submit"/> can serve it. True: the buffer is filled; the request is not completed.
    /// </returns>
    bool TryReadNow(BlockRequest request) => false;
}
