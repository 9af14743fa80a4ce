using System.Globalization;
using CellPpe.Core;
using Devices.Tests.Fakes;
using Devices.Tests.Storage;
using Ps3Platform.Devices.Usb;
using Xunit;

namespace Devices.Tests.Usb;

/// <summary>
/// Random descriptors and register stores, as a hostile guest makes them. PS3_USB_FUZZ sets the number of rounds; a round has 100 random
/// descriptors for each controller.
/// </summary>
public sealed class UsbFuzzTests
{
    private const uint Area = FakeDma.Start;
    private const uint AreaSize = 0x4000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void No_descriptor_and_no_store_does_harm(int seed)
    {
        string? given = Environment.GetEnvironmentVariable("PS3_USB_FUZZ");
        int rounds = int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out int asked) ? asked : 60;
        var random = new Random(seed);
        UsbFixture usb = Make();
        long transactions = 0;
        for (int round = 0; round < rounds; round++)
        {
            if (round % 50 == 0)
            {
                usb.Dispose();
                usb = Make();
            }

            // A driver that knows its trade comes first, so that devices have addresses.
            if (round % 4 == 0)
            {
                usb.Usb.Reset();
                new OhciHost(usb).Configure(0);
                if (round % 8 == 0)
                {
                    var high = new EhciHost(usb);
                    high.Configure(1);
                    high.SetPort(0, 0x3000);
                }
            }

            for (int i = 0; i < 100; i++)
                Scatter(usb, random);
            Point(usb, random);
            for (int i = 0; i < 10; i++)
            {
                if (random.Next(4) == 0)
                    StoreAnything(usb, random);
                int before = usb.Dma.Reads;
                usb.RunFor(milliseconds: (ulong)random.Next(1, 4));
                // Three lists of 256 descriptors, each with its transfer and a packet, in at most four frames; 32 microframes of EHCI's.
                Assert.InRange(usb.Dma.Reads - before, 0, 60_000);
            }

            Assert.InRange(EventsWaiting(usb), 0, 200);
            transactions += usb.State.Controllers.Sum(static one => one.Ohci.Transactions + one.Ehci.Transactions);
            if (random.Next(8) == 0)
                usb.Usb.Reset();
        }

        usb.Dispose();
        Assert.True(transactions > rounds, $"{transactions} transactions");
    }

    [Fact]
    public void Five_hundred_plugs_leave_nothing_behind()
    {
        using UsbFixture usb = Make();
        var host = new OhciHost(usb);
        usb.RunFor(milliseconds: 1000);
        int events = EventsWaiting(usb);
        string before = string.Join(',', usb.State.Devices);
        for (int i = 0; i < 500; i++)
        {
            usb.Add(i % 2 == 0 ? "usb-kbd" : "usb-storage", i % 2 == 0 ? [("id", "x")] : [("id", "x"), ("file", "f")]);
            usb.RunFor(milliseconds: (ulong)(i % 3));
            Assert.True(usb.Usb.TryRemove("x"));
        }

        usb.RunFor(milliseconds: 1000);
        Assert.Equal(before, string.Join(',', usb.State.Devices));
        Assert.InRange(EventsWaiting(usb), 0, events + 1);
        Assert.NotNull(host);
    }

    private static UsbFixture Make()
    {
        var usb = new UsbFixture(new UsbPlugs(static spec => (spec.Kind == UsbKind.Disk ? new FakeBackend() : null,
            spec.Kind == UsbKind.Serial ? new FakeTerminal() : null)));
        usb.Add("usb-kbd");
        usb.Add("usb-tablet");
        usb.Add("usb-storage", ("file", "f"));
        usb.Add("usb-serial", ("chardev", "null"));
        return usb;
    }

    // One descriptor: sixteen words that are partly plausible.
    private static void Scatter(UsbFixture usb, Random random)
    {
        uint at = Area + (16 * (uint)random.Next((int)AreaSize / 16 - 4));
        for (uint i = 0; i < 12; i++)
        {
            uint word = random.Next(6) switch
            {
                0 => (uint)random.NextInt64(),
                // A link or a buffer inside the area, with the low bits that links have.
                1 or 2 => Area + (16 * (uint)random.Next((int)AreaSize / 16)) + (uint)random.Next(8),
                3 => (uint)random.Next(8) | ((uint)random.Next(3) << 7) | ((uint)random.Next(4) << 11) | (64u << 16),
                4 => 0x80 | ((uint)random.Next(4) << 8) | (3 << 10) | ((uint)random.Next(1024) << 16),
                _ => (uint)random.Next(4),
            };
            usb.SetLittle(at + (4 * i), word);
        }
    }

    private static void Point(UsbFixture usb, Random random)
    {
        uint Place() => Area + (16 * (uint)random.Next((int)AreaSize / 16));
        usb.Ohci.Write(0x08, 4, 1);
        usb.Ohci.Write(0x18, 4, Area + (256 * (uint)random.Next((int)AreaSize / 256)));
        usb.Ohci.Write(0x20, 4, Place());
        usb.Ohci.Write(0x28, 4, Place());
        usb.Ohci.Write(0x10, 4, 0xc000_007f);
        usb.Ohci.Write(0x04, 4, 0xbc);
        usb.Ohci.Write(0x08, 4, 6);
        usb.Ehci.Write(0x24, 4, Area);
        usb.Ehci.Write(0x28, 4, Place());
        usb.Ehci.Write(0x18, 4, 0x3f);
        usb.Ehci.Write(0x10, 4, 0x0001_0031);
    }

    private static void StoreAnything(UsbFixture usb, Random random)
    {
        IMmioDevice block = random.Next(2) == 0 ? usb.Ohci : usb.Ehci;
        ulong offset = (ulong)random.Next(0x120) & (random.Next(10) == 0 ? ~0ul : ~3ul);
        int size = 1 << random.Next(4);
        for (int i = 0; i < random.Next(1, 40); i++)
        {
            block.Write(offset, random.Next(4) == 0 ? size : 4, (ulong)random.NextInt64());
            block.Read(offset, size);
        }

        // The lists go on.
        usb.Ohci.Write(0x08, 4, 6);
    }

    // What waits now, counted by letting it pass far from the devices.
    private static int EventsWaiting(UsbFixture usb)
    {
        int count = 0;
        ulong end = usb.Clock.TimeBase + (IMachineClock.Frequency / 10);
        usb.Events.Schedule(end, static () => { });
        while (usb.Events.NextTime < end && count < 10_000)
        {
            usb.Clock.TimeBase = Math.Max(usb.Clock.TimeBase, usb.Events.NextTime);
            usb.Events.RunDue(usb.Clock.TimeBase);
            count++;
        }

        // 100 ms of microframes of one controller are 800 scans, each of which requests the next.
        return Math.Max(0, count - 1000);
    }
}
