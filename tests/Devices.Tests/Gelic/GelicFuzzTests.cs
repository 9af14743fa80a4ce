using CellPpe.Core;
using CellPpe.Core.Ports;
using Devices.Tests.Fakes;
using Ps3Platform.Devices.Gelic;
using Ps3Platform.Devices.Network;
using Xunit;

namespace Devices.Tests.Gelic;

/// <summary>
/// A hostile guest and a hostile network: random descriptors, frames, calls and arguments. Every call returns without an exception, only
/// valid frames are sent, and the controller can be stopped, closed and used again. <c>PS3_FUZZ_ROUNDS</c> sets the number of
/// rounds.
/// </summary>
public sealed class GelicFuzzTests
{
    private static readonly int Rounds = FuzzRounds.Or(20_000);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_call_and_no_frame_does_harm(bool hasVlans)
    {
        using var gelic = new GelicFixture(hasVlans ? GelicVlans.Console : null);
        gelic.Device.AddMulticastAddress(0, all: true);
        gelic.Device.AddMulticastAddress(Frames.Broadcast, all: false);
        var random = new Random(hasVlans ? 3 : 4);
        var frame = new byte[FrameQueue.LongestFrame + 100];
        for (int round = 0; round < Rounds; round++)
        {
            FillDescriptors(gelic, random);
            for (int call = random.Next(1, 6); call > 0; call--)
                Call(gelic, random);
            for (int count = random.Next(4); count > 0; count--)
                gelic.Wire.Deliver(Frame(random, frame));
            if (random.Next(8) == 0 && gelic.Events.NextTime != ulong.MaxValue)
            {
                gelic.Clock.TimeBase = Math.Max(gelic.Clock.TimeBase, gelic.Events.NextTime);
                gelic.Events.RunDue(gelic.Clock.TimeBase);
            }

            Assert.All(gelic.Wire.Sent, static sent => Assert.InRange(sent.Length, 14, FrameQueue.LongestFrame));
            gelic.Wire.Sent.Clear();
        }

        // The controller still works afterwards.
        gelic.Device.SetOpen(false);
        gelic.Device.SetOpen(true);
        gelic.Device.IsLinkUp = true;
        byte[] last = Frames.Console("still here", vlan: hasVlans ? GelicVlans.Console.TransmitEthernet : null);
        gelic.SetTransmit(0, last, 0);
        Assert.Equal(Lv1Status.Success, gelic.Device.StartTransmit(new IoAddress(GelicFixture.Ring)));
        Assert.Equal(Frames.Console("still here"), Assert.Single(gelic.Wire.Sent));
    }

    private static void FillDescriptors(GelicFixture gelic, Random random)
    {
        for (int i = 0; i < 8; i++)
        {
            uint descriptor = GelicFixture.Descriptor(i);
            uint buffer = random.Next(6) == 0 ? (uint)random.NextInt64(1L << 32) : GelicFixture.Buffers + (uint)random.Next(0x4000);
            uint size = random.Next(6) == 0 ? (uint)random.NextInt64(1L << 32) : (uint)random.Next(1600);
            uint next = random.Next(3) == 0 ? 0
                : random.Next(8) == 0 ? (uint)random.NextInt64(1L << 32) : GelicFixture.Descriptor(random.Next(8));
            uint command = random.Next(6) == 0 ? (uint)random.NextInt64(1L << 32)
                : GelicFixture.CardOwned | ((uint)random.Next() & 0x0007_0000);
            gelic.Dma.SetDescriptor(descriptor, buffer, size, next, command);
        }

        // Frames that are nearly right reach further than noise.
        byte[] seed = random.Next(2) == 0 ? Frames.Ethernet(Frames.Station, 0x0800, Frames.Tcp("data"u8)) : Frames.Console("text");
        seed[random.Next(seed.Length)] ^= (byte)random.Next(256);
        seed.CopyTo(gelic.Dma.At(GelicFixture.Buffers + (uint)random.Next(0x100), seed.Length));
    }

    private static void Call(GelicFixture gelic, Random random)
    {
        var descriptor = new IoAddress(random.Next(8) == 0 ? (ulong)random.NextInt64() : GelicFixture.Descriptor(random.Next(8)));
        switch (random.Next(12))
        {
            case 0 or 1 or 2:
                gelic.Device.StartTransmit(descriptor);
                break;
            case 3 or 4:
                gelic.Device.StartReceive(descriptor);
                break;
            case 5:
                gelic.Device.StopTransmit();
                break;
            case 6:
                gelic.Device.StopReceive();
                break;
            case 7:
                gelic.Device.SetInterruptMask((ulong)random.NextInt64());
                break;
            case 8:
                gelic.Device.SetInterruptStatusIndicator(random.Next(3) == 0 ? null : new LparAddress((ulong)random.Next(0x2_0000)));
                break;
            case 9:
                ulong size = random.Next(4) == 0 ? (ulong)random.NextInt64() : (ulong)random.Next(200);
                gelic.Device.Control(
                    (ulong)random.Next(14), (ulong)random.Next(14), (ulong)random.Next(0x2_0000), size, out _, out _);
                break;
            case 10:
                gelic.Device.AddMulticastAddress((ulong)random.NextInt64(), random.Next(4) == 0);
                break;
            default:
                gelic.Device.IsLinkUp = random.Next(4) != 0;
                break;
        }
    }

    private static ReadOnlySpan<byte> Frame(Random random, byte[] buffer)
    {
        if (random.Next(3) == 0)
        {
            int length = random.Next(buffer.Length);
            random.NextBytes(buffer.AsSpan(0, length));
            return buffer.AsSpan(0, length);
        }

        byte[] frame = Frames.Ethernet(Frames.Station, 0x0800, random.Next(2) == 0 ? Frames.Tcp("data"u8) : Frames.Udp("data"u8, 9));
        for (int changes = random.Next(5); changes > 0; changes--)
            frame[random.Next(6, frame.Length)] = (byte)random.Next(256);
        return frame.AsSpan(0, random.Next(4) == 0 ? random.Next(frame.Length) : frame.Length);
    }
}
