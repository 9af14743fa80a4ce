using Ps3Platform.Host.Characters;

using Xunit;

namespace Host.Tests.Characters;

public sealed class ByteRingTests
{
    [Fact]
    public void Random_use_is_a_queue_with_a_limit()
    {
        const int Capacity = 10_000;
        var random = new Random(1);
        var ring = new ByteRing(Capacity);
        var model = new Queue<byte>();
        byte next = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] piece = new byte[random.Next(1, 3000)];
            switch (random.Next(3))
            {
                case 0:
                    for (int i = 0; i < piece.Length; i++)
                        piece[i] = next++;
                    int appended = ring.Append(piece);
                    Assert.Equal(Math.Min(piece.Length, Capacity - model.Count), appended);
                    foreach (byte one in piece.AsSpan(0, appended))
                        model.Enqueue(one);
                    break;
                case 1:
                    int taken = ring.Take(piece);
                    Assert.Equal(Math.Min(piece.Length, model.Count), taken);
                    Assert.All(piece[..taken], one => Assert.Equal(model.Dequeue(), one));
                    break;
                default:
                    int skipped = random.Next(0, Math.Min(model.Count, 100) + 1);
                    ring.Skip(skipped);
                    for (int i = 0; i < skipped; i++)
                        model.Dequeue();
                    break;
            }

            Assert.Equal((model.Count, Capacity - model.Count), (ring.Count, ring.Room));
        }
    }
}
