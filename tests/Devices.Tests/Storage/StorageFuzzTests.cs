using System.Buffers.Binary;
using CellPpe.Core;
using CellPpe.Core.Ports;
using Devices.Tests.Fakes;
using Lv1Hypervisor.Contracts;
using Ps3Platform.Devices;
using Ps3Platform.Devices.Blocks;
using Ps3Platform.Devices.Storage;
using Xunit;

namespace Devices.Tests.Storage;

/// <summary>
/// A hostile guest gives disk, flash and notification device commands of all kinds, while the host is slow or fails. Every call returns a
/// status, nothing is stored where the guest may not write, and neither commands nor memory pile up. <c>PS3_FUZZ_ROUNDS</c> sets the number
/// of calls.
/// </summary>
public sealed class StorageFuzzTests : IDisposable
{
    private const int UsualRounds = 20_000;
    private const int LookEvery = 500;
    private const int Depth = 16;
    private const ulong AtaBlock = 0x30;
    private const long AllowedGrowth = 8 << 20;
    private static readonly ulong[] Numbers =
    [
        0, 1, 2, 3, 4, 5, 6, 8, 127, 128, 2047, 2048, 2049, 8191, 8192, 473_600, 57_168_647, 57_168_648, 57_170_695, 57_170_696,
        uint.MaxValue, 1UL << 55, 1UL << 63, ulong.MaxValue - 1, ulong.MaxValue,
    ];

    private static readonly ulong[] Addresses =
    [
        0, 1, 0x1000, StorageFixture.Half - 513, StorageFixture.Half - 512, StorageFixture.Half - 1, StorageFixture.Half,
        2 * StorageFixture.Half - 512, 2 * StorageFixture.Half, 3 << 20, 4 << 20, 1UL << 40, ulong.MaxValue - 511, ulong.MaxValue,
    ];

    private static readonly BlockError[] Errors = [BlockError.None, BlockError.None, BlockError.None, .. Enum.GetValues<BlockError>()];

    private readonly FakeBackend _flashBytes = new() { Bytes = new byte[FlashDevice.Size] };

    public void Dispose() => _flashBytes.Dispose();

    [Theory]
    [InlineData(false, 21)]
    [InlineData(true, 22)]
    public void No_command_does_harm(bool isDeterministic, int seed)
    {
        using var fixture = new StorageFixture(isDeterministic);
        using var flash = new FlashDevice(fixture.Host, fixture.Ports, _flashBytes);
        flash.SetOpen(true);
        fixture.Notifications.Add(DiskDevice.BusId, DiskDevice.BusType);
        fixture.Notifications.Add(FlashDevice.BusId, FlashDevice.BusType);
        var random = new Random(seed);
        fixture.Memory.TrySlice(new LparAddress(StorageFixture.Half), StorageFixture.Half, RegionAccess.Read, out Span<byte> readOnly);
        random.NextBytes(readOnly);
        byte[] before = readOnly.ToArray();
        IStorageDevice[] devices = [fixture.Disk, fixture.Disk, flash, fixture.Notifications];
        int rounds = FuzzRounds.Or(UsualRounds);
        long settled = 0;

        for (int round = 0; round < rounds; round++)
        {
            IStorageDevice device = devices[random.Next(devices.Length)];
            Lv1Status status = Call(fixture, device, random);
            Assert.True(Enum.IsDefined(status), $"round {round}: {status}");
            Disturb(fixture, device, random);
            if (round % LookEvery != 0)
                continue;
            Assert.True(readOnly.SequenceEqual(before), $"round {round}");
            foreach (IDevice each in (IDevice[])[fixture.Disk, flash, fixture.Notifications])
            {
                var state = (StorageState)each.Inspect();
                Assert.InRange(state.UnderWay + state.Unfetched, 0, Depth);
            }

            fixture.Backend.Seen.Clear();
            _flashBytes.Seen.Clear();
            if (round == rounds / 10 / LookEvery * LookEvery)
                settled = GC.GetTotalMemory(forceFullCollection: true);
        }

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - settled, long.MinValue, AllowedGrowth);
        // Many commands were such that they were carried out.
        foreach (IDevice each in (IDevice[])[fixture.Disk, flash])
        {
            var state = (StorageState)each.Inspect();
            Assert.All((long[])[state.Reads, state.Writes, state.Flushes], done => Assert.InRange(done, rounds / 200, long.MaxValue));
        }

        StillWorks(fixture);
    }

    // Afterwards it serves a guest that behaves.
    private static void StillWorks(StorageFixture fixture)
    {
        (fixture.Backend.IsSlow, fixture.Backend.Error) = (false, BlockError.None);
        fixture.Backend.Finish();
        fixture.Disk.Continue();
        fixture.Disk.Reset();
        fixture.Disk.SetOpen(true);
        fixture.Backend.Bytes.AsSpan(0, 512).Fill(0x5a);
        var transfer = new StorageTransfer(StorageFixture.OtherOs, 0, 1, 0, new LparAddress(0x1000));
        Assert.Equal(Lv1Status.Success, fixture.Disk.Read(transfer, out ulong tag));
        Assert.Equal(0, fixture.StatusOf(tag));
        Assert.Equal(-1, fixture.At(0x1000, 512).IndexOfAnyExcept((byte)0x5a));
        Assert.Equal(0, fixture.Hold.Holds);
    }

    private static Lv1Status Call(StorageFixture fixture, IStorageDevice device, Random random)
    {
        switch (random.Next(10))
        {
            case 0 or 1 or 2:
                return device.Read(Transfer(random), out _);
            case 3 or 4:
                return device.Write(Transfer(random), out _);
            case 5:
                return device.SendCommand(Number(random), new StorageCommandArguments(
                    Address(random), Number(random), Address(random), Number(random)), out _);
            case 6:
                return device.SendCommand(2, AtaCommand(fixture, random), out _);
            case 7:
                return device.SendCommand(0x23, default, out _);
            case 8:
                return device.CheckAsyncStatus(random.Next(2) == 0 ? (ulong)random.Next(100_000) : Number(random), out _);
            default:
                return device.GetAsyncStatus(out _, out _);
        }
    }

    // The guest opens and closes; time passes; the host is slow, fails, stops and continues.
    private static void Disturb(StorageFixture fixture, IStorageDevice device, Random random)
    {
        switch (random.Next(40))
        {
            case 0:
                device.SetOpen(false);
                break;
            case 1 or 2 or 3:
                device.SetOpen(true);
                break;
            case 4:
                device.ConnectInterrupt(random.Next(3) == 0 ? null : fixture.Line);
                break;
            case 5:
                ((IDevice)device).Stop();
                break;
            case 6 or 7:
                ((IDevice)device).Continue();
                break;
            case 8:
                fixture.Backend.IsSlow = random.Next(3) == 0;
                break;
            case 9 or 10 or 11:
                fixture.Backend.Finish();
                break;
            case 12:
                fixture.Backend.Error = Errors[random.Next(Errors.Length)];
                break;
            case 13:
                fixture.Backend.IsReadOnly = random.Next(4) == 0;
                break;
            case 14:
                device.SetOpen(true);
                fixture.At(0x2000, 16).Clear();
                fixture.At(0x2000, 16)[15] = (byte)random.Next(4);
                device.Write(new StorageTransfer(0, 0, 1, 0, new LparAddress(0x2000)), out _);
                break;
            case < 30:
                fixture.Clock.TimeBase += (ulong)random.Next(20_000);
                fixture.Events.RunDue(fixture.Clock.TimeBase);
                while (random.Next(8) != 0 && device.GetAsyncStatus(out _, out _) == Lv1Status.Success)
                {
                }

                break;
        }
    }

    // Nearly right more often than not: noise alone would be refused at once.
    private static StorageTransfer Transfer(Random random) => random.Next(3) != 0
        ? new StorageTransfer(
            random.Next(2) == 0 ? StorageFixture.OtherOs : 5, (ulong)random.Next(2060), (ulong)random.Next(1, 130),
            random.Next(8) == 0 ? 2U : 0, new LparAddress((ulong)random.Next(1 << 20)))
        : new StorageTransfer(Number(random), Number(random), Number(random), (ulong)random.Next(4), new LparAddress(Address(random)));

    private static StorageCommandArguments AtaCommand(StorageFixture fixture, Random random)
    {
        byte[] commands = [0xec, 0xec, 0xe7, 0xea, 0x25, 0xff];
        ulong buffer = random.Next(2) == 0 ? (ulong)random.Next(1 << 20) : Address(random);
        Span<byte> block = fixture.At(0x100, (int)AtaBlock);
        random.NextBytes(block);
        block[0x0b] = commands[random.Next(commands.Length)];
        BinaryPrimitives.WriteUInt64BigEndian(block[0x20..], buffer);
        return new StorageCommandArguments(
            random.Next(8) == 0 ? Address(random) : 0x100, random.Next(8) == 0 ? Number(random) : AtaBlock, buffer,
            random.Next(4) == 0 ? Number(random) : 512);
    }

    private static ulong Number(Random random) =>
        random.Next(4) == 0 ? (ulong)random.NextInt64(long.MinValue, long.MaxValue) : Numbers[random.Next(Numbers.Length)];

    private static ulong Address(Random random) =>
        random.Next(4) == 0 ? (ulong)random.NextInt64(long.MinValue, long.MaxValue) : Addresses[random.Next(Addresses.Length)];
}
