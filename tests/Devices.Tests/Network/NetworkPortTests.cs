using CellPpe.Core;
using Devices.Tests.Fakes;
using Ps3Platform.Devices.Network;
using Xunit;

namespace Devices.Tests.Network;

public sealed class NetworkPortTests
{
    private static readonly byte[] Frame = Frames.Ethernet(Frames.Station, 0x0806, new byte[46]);
    private readonly EventQueue _events = new();
    private readonly FakeClock _clock = new();
    private readonly FakeBackend _backend = new();
    private readonly List<byte[]> _received = [];

    [Fact]
    public void Frames_from_a_host_thread_arrive_on_the_machines_thread_in_order()
    {
        NetworkPort port = Port();
        for (byte i = 0; i < 50; i++)
            Deliver([.. Frame, i]);
        Assert.Empty(_received);

        _events.RunDue(0);

        Assert.Equal(Enumerable.Range(0, 50), _received.Select(static frame => (int)frame[^1]));
        Assert.Equal(0, port.Dropped);
    }

    [Fact]
    public void A_refused_frame_waits_and_nothing_is_lost_while_there_is_room()
    {
        NetworkPort port = Port();
        int room = 3;
        port.Receiver = frame =>
        {
            if (room-- <= 0)
                return false;
            _received.Add(frame.ToArray());
            return true;
        };
        for (byte i = 0; i < 10; i++)
            Deliver([.. Frame, i]);

        _events.RunDue(0);
        Assert.Equal(3, _received.Count);
        Deliver([.. Frame, 10]);
        Assert.False(_events.HasPosted);
        room = 100;
        port.Resume();
        _events.RunDue(0);

        Assert.Equal(Enumerable.Range(0, 11), _received.Select(static frame => (int)frame[^1]));
    }

    [Fact]
    public void A_flood_that_the_guest_does_not_take_is_bounded_and_counted()
    {
        NetworkPort port = Port();
        port.Receiver = static _ => false;
        var full = new byte[1514];
        for (int i = 0; i < 10_000; i++)
            Deliver(full);
        _events.RunDue(0);

        Assert.Equal(10_000 - (NetworkPort.QueueSize / 1516), port.Dropped);
    }

    [Fact]
    public void The_guest_runs_between_two_batches_of_a_flood()
    {
        Port();
        for (int i = 0; i < NetworkPort.Batch + 1; i++)
            Deliver(Frame);

        _events.RunDue(0);
        Assert.Equal(NetworkPort.Batch, _received.Count);
        Assert.InRange(_events.NextTime, 1ul, 1000ul);
        _events.RunDue(_events.NextTime);
        Assert.Equal(NetworkPort.Batch + 1, _received.Count);
    }

    [Fact]
    public void A_machine_that_restarts_takes_the_back_end_over()
    {
        Port();
        NetworkPort next = Port();
        int heard = 0;
        next.Receiver = _ => ++heard > 0;
        Deliver(Frame);
        _events.RunDue(0);
        next.Send(Frame);

        Assert.Empty(_received);
        Assert.Equal(1, heard);
        Assert.Equal(Frame, Assert.Single(_backend.Sent));
    }

    [Fact]
    public async Task Two_threads_lose_and_tear_no_frame()
    {
        const int Count = 20_000;
        var queue = new FrameQueue(FrameQueue.LongestFrame + 700);
        Task writer = Task.Run(() =>
        {
            var random = new Random(1);
            var frame = new byte[FrameQueue.LongestFrame];
            for (int i = 0; i < Count; i++)
            {
                int length = random.Next(4, FrameQueue.LongestFrame + 1);
                frame.AsSpan(0, length).Fill((byte)i);
                while (!queue.TryAdd(frame.AsSpan(0, length)))
                    Thread.Yield();
            }
        });

        var lengths = new Random(1);
        var buffer = new byte[FrameQueue.LongestFrame];
        for (int i = 0; i < Count; i++)
        {
            int length;
            while (!queue.TryTake(buffer, out length))
                Thread.Yield();
            Assert.Equal(lengths.Next(4, FrameQueue.LongestFrame + 1), length);
            Assert.Equal(-1, buffer.AsSpan(0, length).IndexOfAnyExcept((byte)i));
        }

        await writer;
        Assert.True(queue.IsEmpty);
        Assert.False(queue.TryAdd(new byte[FrameQueue.LongestFrame + 1]));
    }

    private NetworkPort Port() => new(_backend, _events, _clock)
    {
        Receiver = frame =>
        {
            _received.Add(frame.ToArray());
            return true;
        },
    };

    private void Deliver(byte[] frame) => _backend.Sink!.Send(frame);

    private sealed class FakeBackend : INetworkBackend
    {
        public List<byte[]> Sent { get; } = [];

        public IPacketSink? Sink { get; private set; }

        public void Attach(IPacketSink? sink) => Sink = sink;

        public void Send(ReadOnlySpan<byte> frame) => Sent.Add(frame.ToArray());
    }
}
