using Ps3Platform.Devices.Blocks;

namespace Host.Tests.Blocks;

/// <summary>Uses a back end as a device does, and waits for each request.</summary>
internal sealed class BlockUser(IBlockBackend backend)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    public BlockError Write(ulong offset, byte[] bytes, bool forceUnitAccess = false) => Do(
        request =>
        {
            request.Operation = BlockOperation.Write;
            request.Offset = offset;
            request.Buffer = bytes;
            request.ForceUnitAccess = forceUnitAccess;
        });

    public BlockError Read(ulong offset, byte[] bytes) => Do(
        request =>
        {
            request.Operation = BlockOperation.Read;
            request.Offset = offset;
            request.Buffer = bytes;
        });

    public byte[] Read(ulong offset, int count)
    {
        byte[] bytes = new byte[count];
        Xunit.Assert.Equal(BlockError.None, Read(offset, bytes));
        return bytes;
    }

    public BlockError Flush() => Do(static request => request.Operation = BlockOperation.Flush);

    public BlockError Trim(ulong offset, ulong length) => Do(
        request =>
        {
            request.Operation = BlockOperation.Trim;
            request.Offset = offset;
            request.TrimLength = length;
        });

    /// <summary>Bytes that differ from block to block.</summary>
    public static byte[] Pattern(int count, int seed)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public Task<BlockError> Start(Action<BlockRequest> fill)
    {
        var done = new TaskCompletionSource<BlockError>(TaskCreationOptions.RunContinuationsAsynchronously);
        var request = new BlockRequest(request => done.SetResult(request.Error));
        fill(request);
        backend.Submit(request);
        return done.Task;
    }

    private BlockError Do(Action<BlockRequest> fill)
    {
        Task<BlockError> done = Start(fill);
        return done.Wait(Longest) ? done.Result : throw new TimeoutException("The back end has not completed a request.");
    }
}
