using System.Buffers.Binary;

using CellPpe.Core.Ports;

using SpuRuntime.Engine;

namespace SpuRuntime.Tests.Registers;

/// <summary>What a kernel keeps of an SPE context (spe.md 6): the save area in memory and copies of registers.</summary>
internal sealed class SavedContext(ulong area)
{
    public ulong Area { get; } = area;

    public Dictionary<ulong, ulong> Registers { get; } = [];

    public Dictionary<int, (ulong Data, ulong Count)> Channels { get; } = [];

    public ulong[] Mail { get; } = new ulong[4];

    public ulong[] Masks { get; } = [7, 3, 0xe];

    public ulong Sr1 { get; set; } = 0x3b;

    public uint Status { get; set; }

    public ulong SuspendTime { get; set; }
}

/// <summary>
/// The register accesses of a kernel's SPE context switch, in the order of spe.md 6, with the two SPU programs played by the fake
/// engine through its channels. A poll that does not end at once fails the test: on one host thread it would never end.
/// </summary>
internal static class SpufsSwitch
{
    private const ulong Suspend = 1;
    private const ulong SuspendMask = 1 << 4;
    private const ulong Empty = 1 << 14;
    private const ulong Purge = 1 << 15;
    private const ulong Restart = 1ul << 32;
    private const ulong DecrementerHalt = 1ul << 35;
    private const ulong DecrementerRunning = 1ul << 40;
    private const ulong Kernel = 0xc000_0000_0000_0000;
    private const ulong KernelVsid = 0x1000;
    private const ulong ProgramAt = 0x10_0000;

    private static readonly int[] Saved = [0, 3, 4, 24, 25, 27];

    /// <summary>Maps all memory where a kernel has its own.</summary>
    public static void MapKernel(TestTable table)
    {
        for (ulong page = 0; page < TestMachine.MemorySize >> 12; page++)
            table.Pages[(KernelVsid, page)] = new PageTranslation(new CellPpe.Core.LparAddress(page << 12), 12, true);
    }

    public static void Save(TestSpe spe, SavedContext csa, bool faultPending)
    {
        Assert.Equal(0u, spe.Problem(0x4024) & 0x680);
        for (int i = 0; i < 3; i++)
            spe.Spe.SetInterruptMask((SpeInterruptClass)i, 0);
        if ((spe.Privilege(0x3000) & 0x300) == 0)
        {
            spe.Privilege(0x3000, Suspend);
            Assert.Equal(0x300ul, spe.Privilege(0x3000) & 0x300);
            csa.Registers[0x3000] = spe.Privilege(0x3000) & ~(Suspend | SuspendMask);
        }
        else
        {
            csa.Registers[0x3000] = spe.Privilege(0x3000) | Suspend;
        }

        csa.Status = spe.Problem(0x4024);
        if ((csa.Status & 1) != 0)
        {
            spe.Problem(0x401c, 0);
            Assert.Equal(0u, spe.Problem(0x4024) & 1);
            uint stopped = spe.Problem(0x4024);
            csa.Status = (stopped & 0x36) == 0 ? 1 : stopped;
        }

        csa.Registers[0x3000] = (csa.Registers[0x3000] & ~(Empty | DecrementerRunning))
            | (spe.Privilege(0x3000) & (Empty | DecrementerRunning));
        spe.Privilege(0x3000, DecrementerHalt | SuspendMask);
        csa.SuspendTime = spe.Machine.TimeBase;
        SynchronizeSources(spe);
        if ((spe.Privilege(0x3000) & Empty) == 0)
        {
            for (ulong at = 0x2000; at < 0x2300; at += 8)
                csa.Registers[at] = spe.Privilege(at);
        }

        foreach (ulong problem in new ulong[] { 0x321c, 0x3204, 0x322c })
            csa.Registers[problem] = spe.Problem(problem);
        foreach (ulong opaque in new ulong[] { 0x5008, 0x5010, 0x5018, 0x5020 })
            csa.Registers[opaque] = spe.Privilege(opaque);
        Assert.Equal(Lv1Status.Success, spe.Spe.SetPrivilege1Register(0x820, 0x1000_0000));
        spe.Privilege(0x4060, 21);
        csa.Channels[21] = (0, spe.Privilege(0x4068));
        PurgeQueues(spe);
        Assert.Equal(Lv1Status.Success, spe.Spe.SetPrivilege1Register(0, 0x32));
        csa.Registers[0x4034] = spe.Problem(0x4034);
        csa.Registers[0x4040] = spe.Privilege(0x4040);
        spe.Privilege(0x4040, 0);
        csa.Registers[0x4058] = spe.Privilege(0x4058);
        spe.Privilege(0x4058, 0x3ffff);
        csa.Registers[0x4078] = spe.Privilege(0x4078);
        csa.Registers[0x4014] = spe.Problem(0x4014);
        csa.Registers[0x4004] = spe.Problem(0x4004);
        csa.Registers[0x4000] = spe.Privilege(0x4000);
        SaveChannels(spe, csa);
        foreach ((int channel, ulong count) in new (int, ulong)[] { (21, 16), (23, 1), (28, 1), (30, 1) })
            WriteCount(spe, channel, count);

        spe.Privilege(0x3000, 0);
        LoadKernelSegments(spe);
        if (faultPending)
            csa.Registers[0x3000] |= Restart;
        EnableInterrupts(spe);
        Assert.Equal(0u, spe.Proxy(0x20, 0, Kernel + csa.Area + 0x10000, 0x4000));
        RunProgram(spe, csa, SaveProgram, 0x3ffb_0002);
    }

    public static void Harvest(TestSpe spe)
    {
        for (int i = 0; i < 3; i++)
            spe.Spe.SetInterruptMask((SpeInterruptClass)i, 0);
        spe.Privilege(0x3000, Suspend | DecrementerHalt);
        Assert.Equal(0x300ul, spe.Privilege(0x3000) & 0x300);
        if ((spe.Problem(0x4024) & 9) == 9)
            spe.Problem(0x401c, 0);
        Assert.Equal(0u, spe.Problem(0x4024) & 1);
        SynchronizeSources(spe);
        PurgeQueues(spe);
        spe.Privilege(0x4040, 0);
        spe.Privilege(0x4058, 0x3ffff);
        Assert.Equal(Lv1Status.Success, spe.Spe.SetPrivilege1Register(0, 0x32));
        spe.Privilege(0x1128, 0);
        WriteData(spe, 1, 0);
        foreach (int channel in Saved)
        {
            WriteData(spe, channel, 0);
            spe.Privilege(0x4068, 0);
        }

        foreach ((int channel, ulong count) in new (int, ulong)[] { (21, 16), (23, 1), (28, 1), (29, 0), (30, 1) })
            WriteCount(spe, channel, count);
        EnableInterrupts(spe);
        spe.Privilege(0x3000, 0);
    }

    public static void Restore(TestSpe spe, SavedContext csa)
    {
        Harvest(spe);
        LoadKernelSegments(spe);
        RunProgram(spe, csa, RestoreProgram, 0x3ffc_0002);
        spe.Privilege(0x4040, csa.Registers[0x4040]);
        RestoreStatus(spe, csa.Status);

        Assert.Equal(0u, spe.Proxy(0x40, 0, Kernel + csa.Area + 0x10000, 0x4000));
        Assert.Equal(1u, spe.Problem(0x322c) & 1);
        spe.Privilege(0x3000, Suspend);
        Assert.Equal(0x300ul, spe.Privilege(0x3000) & 0x300);
        for (int i = 0; i < 3; i++)
        {
            spe.Spe.SetInterruptMask((SpeInterruptClass)i, 0);
            spe.Spe.ClearInterruptStatus((SpeInterruptClass)i, ulong.MaxValue);
        }

        if ((csa.Registers[0x3000] & Empty) == 0)
        {
            for (ulong at = 0x2200; at < 0x2300; at += 8)
                spe.Privilege(at, csa.Registers[at]);
            for (ulong at = 0x2000; at < 0x2200; at += 8)
                spe.Privilege(at, csa.Registers[at]);
        }

        spe.Problem(0x321c, (uint)csa.Registers[0x321c]);
        spe.Problem(0x3204, (uint)csa.Registers[0x3204]);
        foreach (ulong opaque in new ulong[] { 0x5008, 0x5010, 0x5018, 0x5020 })
            spe.Privilege(opaque, csa.Registers[opaque]);
        LoseReservation(csa);
        foreach (int channel in Saved)
        {
            WriteData(spe, channel, csa.Channels[channel].Data);
            spe.Privilege(0x4068, csa.Channels[channel].Count);
        }

        foreach ((int channel, ulong count) in new (int, ulong)[] { (9, 1), (21, csa.Channels[21].Count), (23, 1) })
            WriteCount(spe, channel, count);
        spe.Privilege(0x4058, csa.Registers[0x4058]);
        spe.Privilege(0x4078, csa.Registers[0x4078]);
        spe.Problem(0x4034, (uint)csa.Registers[0x4034]);
        WriteCount(spe, 29, csa.Channels[29].Count);
        foreach (ulong mail in csa.Mail)
            spe.Privilege(0x4070, mail);
        if ((csa.Registers[0x4014] & 0xff) == 0)
            spe.Problem(0x4004);
        if ((csa.Registers[0x4014] & 0xff0000) == 0)
            spe.Privilege(0x4000);
        spe.Privilege(0x1128, 0);
        Assert.Equal(Lv1Status.Success, spe.Spe.SetPrivilege1Register(0, csa.Sr1));
        if ((csa.Status & 1) != 0)
            spe.Problem(0x401c, 1);
        spe.Privilege(0x3000, csa.Registers[0x3000]);
        for (int i = 0; i < 3; i++)
            spe.Spe.SetInterruptMask((SpeInterruptClass)i, csa.Masks[i]);
    }

    private static void RestoreStatus(TestSpe spe, uint status)
    {
        if ((status & 0x36) != 0)
        {
            spe.Problem(0x401c, 1);
            Assert.Equal(1u, spe.Problem(0x4024));
            spe.Turn((ref _, _) => (status & 0x36) switch
            {
                2 => new SpuExit(SpuExitReason.Stopped, status >> 16),
                4 => new SpuExit(SpuExitReason.Halted),
                0x20 => new SpuExit(SpuExitReason.InvalidInstruction),
                _ => new SpuExit(SpuExitReason.Budget),
            });
            Assert.Equal(status, spe.Problem(0x4024));
        }
        else if ((status & 1) == 0)
        {
            spe.Problem(0x401c, 1);
            Assert.Equal(1u, spe.Problem(0x4024) & 1);
            spe.Problem(0x401c, 0);
            Assert.Equal(0u, spe.Problem(0x4024) & 1);
        }
    }

    // The switch loses the reservation, and the program gets the event if it has enabled it.
    private static void LoseReservation(SavedContext csa)
    {
        (ulong data, ulong count) = csa.Channels[0];
        if (count == 0 && (data & 0x400) == 0 && (csa.Channels[1].Data & 0x400) != 0)
            count = 1;
        csa.Channels[0] = (data | 0x400, count);
    }

    private static void SaveChannels(TestSpe spe, SavedContext csa)
    {
        spe.Privilege(0x4060, 1);
        csa.Channels[1] = (spe.Privilege(0x4070), 0);
        foreach (int channel in Saved)
        {
            spe.Privilege(0x4060, (ulong)channel);
            csa.Channels[channel] = (spe.Privilege(0x4070), spe.Privilege(0x4068));
            spe.Privilege(0x4070, 0);
            spe.Privilege(0x4068, 0);
        }

        spe.Privilege(0x4060, 29);
        csa.Channels[29] = (0, spe.Privilege(0x4068));
        for (int i = 0; i < 4; i++)
            csa.Mail[i] = spe.Privilege(0x4070);
        spe.Privilege(0x4068, 0);
    }

    private static void SynchronizeSources(TestSpe spe)
    {
        spe.Privilege(0x4060, 0);
        spe.Spe.ProblemState.Write(0, 8, 1);
        Assert.Equal(0ul, spe.Spe.ProblemState.Read(0, 8) & 1);
    }

    private static void PurgeQueues(TestSpe spe)
    {
        spe.Privilege(0x3000, Purge | SuspendMask);
        Assert.Equal(3ul << 24, spe.Privilege(0x3000) & (3ul << 24));
    }

    private static void EnableInterrupts(TestSpe spe)
    {
        for (int i = 0; i < 3; i++)
            spe.Spe.ClearInterruptStatus((SpeInterruptClass)i, 0x1f);
        spe.Spe.SetInterruptMask(SpeInterruptClass.Error, 0);
        spe.Spe.SetInterruptMask(SpeInterruptClass.Translation, 3);
        spe.Spe.SetInterruptMask(SpeInterruptClass.Application, 0);
    }

    private static void LoadKernelSegments(TestSpe spe)
    {
        spe.Privilege(0x1128, 0);
        spe.Privilege(0x1108, 0);
        spe.Privilege(0x1110, 0);
        spe.Privilege(0x1118, (KernelVsid << 12) | 0x400);
        spe.Privilege(0x1110, Kernel | 0x0800_0000);
    }

    private static void WriteCount(TestSpe spe, int channel, ulong count)
    {
        spe.Privilege(0x4060, (ulong)channel);
        spe.Privilege(0x4068, count);
    }

    private static void WriteData(TestSpe spe, int channel, ulong data)
    {
        spe.Privilege(0x4060, (ulong)channel);
        spe.Privilege(0x4070, data);
    }

    // GETFS loads a program and starts it; the fake engine plays it, and the status must be exactly what the kernel asks for.
    private static void RunProgram(TestSpe spe, SavedContext csa, Action<ISpuChannels, TestSpe, ulong> program, uint status)
    {
        spe.Problem(0x4034, 0);
        spe.Problem(0x1400c, (uint)((Kernel + csa.Area) >> 32));
        spe.Problem(0x1c00c, (uint)(Kernel + csa.Area));
        Assert.Equal(0u, spe.Proxy(0x4a, 0, Kernel + ProgramAt, 0x800));
        spe.Problem(0x321c, 1);
        Assert.Equal(1u, spe.Problem(0x322c) & 1);
        Assert.Equal(1u, spe.Problem(0x4024));
        spe.Turn((ref _, channels) =>
        {
            ulong area = ((ulong)Take(channels, 3) << 32) | Take(channels, 4);
            Assert.Equal(Kernel + csa.Area, area);
            program(channels, spe, area);
            return new SpuExit(SpuExitReason.Stopped, status >> 16);
        });
        Assert.Equal(status, spe.Problem(0x4024));
    }

    private static void SaveProgram(ISpuChannels channels, TestSpe spe, ulong area)
    {
        uint eventMask = Take(channels, 11);
        uint tagMask = Take(channels, 12);
        BeginTransfers(channels, spe, area, list: 0x24);
        Span<byte> state = spe.LocalStore.Slice(0x3000, 0x900);
        BinaryPrimitives.WriteUInt32BigEndian(state[0x810..], Take(channels, 8));
        BinaryPrimitives.WriteUInt32BigEndian(state[0x850..], tagMask);
        BinaryPrimitives.WriteUInt32BigEndian(state[0x860..], eventMask);
        BinaryPrimitives.WriteUInt32BigEndian(state[0x870..], Take(channels, 15));
        Issue(channels, 0xb4, 0, area, 128);
        Issue(channels, 0x20, 0x3000, area, 0x900);
        Put(channels, 20, 0);
        Put(channels, 21, 0xcc);
        Put(channels, 23, 1);
        Assert.Equal(1u, Take(channels, 24));
        Assert.Equal(1u, Take(channels, 27));
    }

    private static void RestoreProgram(ISpuChannels channels, TestSpe spe, ulong area)
    {
        Issue(channels, 0x40, 0x3000, area, 0x900);
        BeginTransfers(channels, spe, area, list: 0x44);
        Issue(channels, 0xb4, 0, area, 128);
        Put(channels, 23, 1);
        Assert.Equal(1u, Take(channels, 24));
        Span<byte> state = spe.LocalStore.Slice(0x3000, 0x900);
        Assert.Equal(1u, Take(channels, 27));
        // The kernel puts the mailboxes' contents into the save area; they were consumed by reading.
        Put(channels, 28, BinaryPrimitives.ReadUInt32BigEndian(state[0x830..]));
        Put(channels, 30, BinaryPrimitives.ReadUInt32BigEndian(state[0x840..]));
        if (BinaryPrimitives.ReadUInt32BigEndian(state[0x820..]) != 0)
            Put(channels, 7, BinaryPrimitives.ReadUInt32BigEndian(state[0x810..]));
        Put(channels, 14, BinaryPrimitives.ReadUInt32BigEndian(state[0x870..]));
        Put(channels, 1, BinaryPrimitives.ReadUInt32BigEndian(state[0x860..]));
        Put(channels, 22, BinaryPrimitives.ReadUInt32BigEndian(state[0x850..]));
    }

    // Mask all events, unmask tag 0, and move the upper 240 KB with a list of 15 elements.
    private static void BeginTransfers(ISpuChannels channels, TestSpe spe, ulong area, uint list)
    {
        Put(channels, 1, 0);
        Put(channels, 22, 1);
        for (uint i = 0; i < 15; i++)
            spe.ListElement(0x2000 + (i * 8), stall: false, 0x4000, (uint)area + 0x14000 + (i * 0x4000));
        Put(channels, 16, 0x4000);
        Put(channels, 17, (uint)(area >> 32));
        Put(channels, 18, 0x2000);
        Put(channels, 19, 15 * 8);
        Put(channels, 20, 0);
        Put(channels, 21, list);
    }

    private static void Issue(ISpuChannels channels, uint opcode, uint local, ulong address, uint size)
    {
        Put(channels, 16, local);
        Put(channels, 17, (uint)(address >> 32));
        Put(channels, 18, (uint)address);
        Put(channels, 19, size);
        Put(channels, 20, 0);
        Put(channels, 21, opcode);
    }

    private static uint Take(ISpuChannels channels, int channel)
    {
        Assert.Equal(ChannelResult.Done, channels.Read(channel, out uint value));
        return value;
    }

    private static void Put(ISpuChannels channels, int channel, uint value) =>
        Assert.Equal(ChannelResult.Done, channels.Write(channel, value));
}
