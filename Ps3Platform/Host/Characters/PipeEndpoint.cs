namespace Ps3Platform.Host.Characters;

/// <summary>A named pipe that is written. A peer is a process that has it open for reading.</summary>
internal sealed class PipeEndpoint(string path) : IEndpoint
{
    private static readonly TimeSpan Recheck = TimeSpan.FromMilliseconds(50);
    private readonly ManualResetEventSlim _ended = new(false);

    public string Name => $"file:{path}";

    public bool HasFurtherPeers => true;

    public TimeSpan DrainLimit => Timeout.InfiniteTimeSpan;

    public long Refused => 0;

    public IPeer? WaitForPeer()
    {
        do
        {
            if (PosixDescriptor.TryOpenPipe(path) is { } peer)
                return peer;
        }
        while (!_ended.Wait(Recheck));
        return null;
    }

    public void Stop() => _ended.Set();

    public void Dispose() => _ended.Dispose();
}
