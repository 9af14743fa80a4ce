namespace Ps3Platform.Devices.Blocks;

/// <summary>What a <see cref="BlockRequest"/> asks for.</summary>
public enum BlockOperation
{
    /// <summary>Fill <see cref="BlockRequest.Buffer"/>.</summary>
    Read,

    /// <summary>Store <see cref="BlockRequest.Buffer"/>.</summary>
    Write,

    /// <summary>Everything written before survives a power cut when this has completed.</summary>
    Flush,

    /// <summary>The bytes are of no use any more. What they read as afterwards is the back end's choice.</summary>
    Trim,
}

/// <summary>How a <see cref="BlockRequest"/> failed.</summary>
public enum BlockError
{
    /// <summary>It did not.</summary>
    None,

    /// <summary>The host has no space left.</summary>
    NoSpace,

    /// <summary>The host could not read or write.</summary>
    Io,

    /// <summary>The server or the device is not there any more.</summary>
    Gone,

    /// <summary>It cannot be written.</summary>
    ReadOnly,

    /// <summary>The range is not inside the back end, or not in whole sectors.</summary>
    OutOfRange,
}

/// <summary>One request to an <see cref="IBlockBackend"/>. Made once and used again, so that requests allocate nothing.</summary>
/// <param name="completed">Called when it is done, on a thread of the host's.</param>
public sealed class BlockRequest(Action<BlockRequest> completed)
{
    /// <summary>What is asked for.</summary>
    public BlockOperation Operation { get; set; }

    /// <summary>First byte, from the start of the back end. Not used by <see cref="BlockOperation.Flush"/>.</summary>
    public ulong Offset { get; set; }

    /// <summary>The bytes of <see cref="BlockOperation.Read"/> and <see cref="BlockOperation.Write"/>.</summary>
    public Memory<byte> Buffer { get; set; }

    /// <summary>Bytes to trim.</summary>
    public ulong TrimLength { get; set; }

    /// <summary>A write is complete only when its bytes survive a power cut.</summary>
    public bool ForceUnitAccess { get; set; }

    /// <summary>How it ended.</summary>
    public BlockError Error { get; private set; }

    /// <summary>It was served by <see cref="IBlockBackend.TryReadNow"/>.</summary>
    public void Succeed() => Error = BlockError.None;

    /// <summary>Called by the back end, once a submission: the request is its maker's again.</summary>
    public void Complete(BlockError error)
    {
        Error = error;
        completed(this);
    }
}
