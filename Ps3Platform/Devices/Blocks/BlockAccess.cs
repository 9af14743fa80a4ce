namespace Ps3Platform.Devices.Blocks;

/// <summary>Requests that are waited for, for use while no machine runs.</summary>
public static class BlockAccess
{
    /// <summary>Fills a buffer and waits for it.</summary>
    /// <param name="backend">The back end.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="buffer">Whole sectors.</param>
    public static BlockError ReadNow(this IBlockBackend backend, ulong offset, Memory<byte> buffer) =>
        Do(backend, BlockOperation.Read, offset, buffer);

    /// <summary>Stores a buffer and waits until it survives a power cut.</summary>
    /// <param name="backend">The back end.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="buffer">Whole sectors. They are not changed.</param>
    public static BlockError WriteNow(this IBlockBackend backend, ulong offset, Memory<byte> buffer) =>
        Do(backend, BlockOperation.Write, offset, buffer);

    private static BlockError Do(IBlockBackend backend, BlockOperation operation, ulong offset, Memory<byte> buffer)
    {
        ArgumentNullException.ThrowIfNull(backend);
        using var done = new ManualResetEventSlim();
        var request = new BlockRequest(_ => done.Set()) { Operation = operation, Offset = offset, Buffer = buffer, ForceUnitAccess = true };
        backend.Submit(request);
        done.Wait();
        return request.Error;
    }
}
