using System.Buffers.Binary;

using CellPpe.Core;

using SpuRuntime.Ports;
using SpuRuntime.State;

namespace SpuRuntime.Mfc;

/// <summary>How a step of a command has ended.</summary>
internal enum MfcStep
{
    /// <summary>The command is done.</summary>
    Done,

    /// <summary>One element of its list is.</summary>
    More,

    /// <summary>One element is, and the list stalls there.</summary>
    Stalled,

    /// <summary>It cannot go on: see the fault.</summary>
    Fault,
}

/// <summary>
/// Moves bytes between local store and memory. Runs on whichever host thread drives the queue, one at a time, without the SPE's
/// lock; works on a copy of the command, which it moves along as it goes.
/// </summary>
internal sealed unsafe class MfcTransfer(
    LocalStoreMemory localStore,
    LocalStoreMap neighbours,
    MfcTranslator translator,
    LineReservation reservation,
    ReservationTable lines,
    IGuestWriteNotifier writes)
{
    private const uint LocalStoreMask = SpuState.LocalStoreSize - 1;
    private const uint MaximumSize = 0x4000;
    private const uint ElementSizeMask = 0x7fff;
    private const uint LineOffset = ReservationTable.LineSize - 1;
    private const ulong PageMask = 0xfff;

    // putllc's and getllar's answers (Language Extensions table 4-116).
    private const uint PutStored = 0;
    private const uint PutFailed = 1;
    private const uint PutUnconditional = 2;
    private const uint GetReserved = 4;

    // 128 bytes of zero that do not move: what sdcrz stores.
    private readonly byte[] _zeroes = GC.AllocateArray<byte>(ReservationTable.LineSize, pinned: true);

    /// <summary>What the last immediate command answers.</summary>
    public uint AtomicStatus { get; private set; }

    /// <summary>Carries a command out, or one element of a list.</summary>
    public MfcStep Step(ref MfcCommand command, bool proxy, out MfcFault fault)
    {
        fault = MfcFault.None;
        if (!MfcOpcode.IsAllowed(command.Opcode, proxy) || command.Tag > 31 || (command.Progress & MfcProgress.Error) != 0)
        {
            fault = new MfcFault(MfcFaultKind.InvalidCommand, command.Address);
            return MfcStep.Fault;
        }

        switch (MfcOpcode.KindOf(command.Opcode))
        {
            case MfcCommandKind.Put:
                return Finish(Move(ref command, put: true, out fault));
            case MfcCommandKind.Get:
                return Finish(Move(ref command, put: false, out fault));
            case MfcCommandKind.SendSignal:
                if (command.Size != 4)
                    fault = new MfcFault(MfcFaultKind.Alignment, command.Address);
                return Finish(command.Size == 4 && Move(ref command, put: true, out fault));
            case MfcCommandKind.PutList:
                return StepList(ref command, put: true, out fault);
            case MfcCommandKind.GetList:
                return StepList(ref command, put: false, out fault);
            case MfcCommandKind.Zero:
                return Finish(Zero(ref command, out fault));
            case MfcCommandKind.Immediate or MfcCommandKind.QueuedLine:
                return Finish(Line(command, out fault));
            default:
                return MfcStep.Done;
        }
    }

    private static MfcStep Finish(bool done) => done ? MfcStep.Done : MfcStep.Fault;

    // A size is 0, 1, 2, 4, 8 or a multiple of 16 up to 16 KB; both addresses are multiples of it (of 16 at most), and agree in
    // their last four bits.
    private static bool IsAligned(in MfcCommand command)
    {
        uint size = command.Size;
        bool valid = size is 0 or 1 or 2 or 4 or 8 || (size % 16 == 0 && size <= MaximumSize);
        uint mask = size >= 16 ? 15 : size == 0 ? 0 : size - 1;
        return valid && (command.Address & mask) == 0 && ((command.Address ^ command.LocalAddress) & 15 & (size == 0 ? 0u : 15)) == 0;
    }

    private bool Move(ref MfcCommand command, bool put, out MfcFault fault)
    {
        fault = MfcFault.None;
        if (!IsAligned(command))
        {
            fault = new MfcFault(MfcFaultKind.Alignment, command.Address);
            return false;
        }

        while (command.Size != 0)
        {
            uint local = command.LocalAddress & LocalStoreMask;
            uint length = PieceOf(command.Address, command.Size);
            length = Math.Min(length, SpuState.LocalStoreSize - local);
            if (!translator.TryEnter(command.Address, put, atomic: false, out MfcTarget target, out fault))
                return false;
            // In bounds: the piece ends at the page's and at the local store's end at the latest.
            if (target.Host is null)
            {
                if (!MoveRegisters(target, local, length, put))
                {
                    fault = new MfcFault(MfcFaultKind.Storage, command.Address, MfcFault.Denied | (put ? MfcFault.Store : 0));
                    return false;
                }
            }
            else if (put)
            {
                lines.Store(target.Host, localStore.Start + local, (int)length);
                translator.Exit();
                Written(target, length);
            }
            else
            {
                lines.Load(localStore.Start + local, target.Host, (int)length);
                translator.Exit();
                lines.Stored(localStore.Start + local, (int)length);
                localStore.Changed(local, length);
            }

            command.Address += length;
            command.LocalAddress += length;
            command.Size -= length;
        }

        return true;
    }

    private static uint PieceOf(ulong address, uint size) => (uint)Math.Min(size, PageMask + 1 - (address & PageMask));

    private bool Zero(ref MfcCommand command, out MfcFault fault)
    {
        fault = MfcFault.None;
        if (command.Size > MaximumSize)
        {
            fault = new MfcFault(MfcFaultKind.Alignment, command.Address);
            return false;
        }

        // Whole lines, from the one the address is in to the one the last byte is in.
        ulong line = command.Address & ~(ulong)LineOffset;
        ulong end = command.Address + command.Size;
        fixed (byte* zeroes = _zeroes)
        {
            for (; line < end; line += ReservationTable.LineSize)
            {
                if (!TryEnterMemory(line, store: true, atomic: false, out MfcTarget target, out fault))
                    return false;
                lines.Store(target.Host, zeroes, ReservationTable.LineSize);
                translator.Exit();
                Written(target, ReservationTable.LineSize);
                command.Address = line + ReservationTable.LineSize;
                command.Size = (uint)(end > command.Address ? end - command.Address : 0);
            }
        }

        return true;
    }

    // A list element (Language Extensions 4.1): stall-and-notify bit, 16 reserved bits that are ignored, 15 bits of size, low half of the
    // address. Each starts at the next quadword of local store, at the place in it that its address has.
    private MfcStep StepList(ref MfcCommand command, bool put, out MfcFault fault)
    {
        fault = MfcFault.None;
        if ((command.Progress & MfcProgress.InElement) == 0)
        {
            if (command.ListSize == 0)
                return MfcStep.Done;
            if (command.ListSize % 8 != 0 || command.ListSize > MaximumSize || command.ListAddress % 8 != 0)
            {
                fault = new MfcFault(MfcFaultKind.Alignment, command.Address);
                return MfcStep.Fault;
            }

            // In bounds: a multiple of 8 below 256 KB.
            ulong element = BinaryPrimitives.ReverseEndianness(*(ulong*)(localStore.Start + (command.ListAddress & LocalStoreMask)));
            command.Size = (uint)(element >> 32) & ElementSizeMask;
            command.Address = (command.Address & 0xffff_ffff_0000_0000) | (uint)element;
            command.LocalAddress = (command.LocalAddress & ~15u) | (command.Size == 0 ? 0 : (uint)element & 15);
            command.Progress = MfcProgress.InElement | (element >> 63 != 0 ? MfcProgress.StallsAfter : 0);
            command.ListAddress += 8;
            command.ListSize -= 8;
        }

        // A transfer that runs over the end of the 4 GB the list's addresses are in goes on after it; the next element does not.
        uint upper = (uint)(command.Address >> 32);
        if (!Move(ref command, put, out fault))
            return MfcStep.Fault;
        bool stalls = (command.Progress & MfcProgress.StallsAfter) != 0;
        command.Progress = MfcProgress.None;
        command.Address = (ulong)upper << 32;
        command.LocalAddress = (command.LocalAddress + 15) & ~15u & LocalStoreMask;
        if (stalls)
            return MfcStep.Stalled;
        return command.ListSize == 0 ? MfcStep.Done : MfcStep.More;
    }

    private bool Line(in MfcCommand command, out MfcFault fault)
    {
        fault = MfcFault.None;
        // Consoles ignore the last seven bits of both addresses; the size is always that of a line (Language Extensions 4.7).
        ulong address = command.Address & ~(ulong)LineOffset;

        // Without a reservation it fails, wherever it points to: programs do this to drop one they may have.
        bool conditional = command.Opcode == MfcOpcode.PutLineConditional;
        if (conditional && !reservation.IsHeld)
        {
            AtomicStatus = PutFailed;
            return true;
        }

        bool load = command.Opcode == MfcOpcode.GetLineReserved;
        if (!TryEnterMemory(address, !load, atomic: true, out MfcTarget target, out fault))
            return false;
        // In bounds: a whole line, by its alignment, on both sides.
        byte* local = localStore.Start + (command.LocalAddress & LocalStoreMask & ~LineOffset);
        bool stored = true;
        if (load)
            lines.LoadReserved(reservation, target.Host, local);
        else if (conditional)
            stored = lines.StoreReserved(reservation, target.Host, local);
        else
            lines.StoreLine(reservation, target.Host, local);
        translator.Exit();

        if (load)
        {
            lines.Stored(local, ReservationTable.LineSize);
            localStore.Changed((uint)(local - localStore.Start), ReservationTable.LineSize);
        }
        else if (stored)
        {
            Written(target, ReservationTable.LineSize);
        }

        AtomicStatus = load ? GetReserved : !conditional ? PutUnconditional : stored ? PutStored : PutFailed;
        return true;
    }

    private bool TryEnterMemory(ulong address, bool store, bool atomic, out MfcTarget target, out MfcFault fault)
    {
        if (!translator.TryEnter(address, store, atomic, out target, out fault))
            return false;
        if (target.Host is not null)
            return true;
        fault = new MfcFault(
            MfcFaultKind.Storage, address, MfcFault.Denied | (store ? MfcFault.Store : 0) | (atomic ? MfcFault.Atomic : 0));
        return false;
    }

    private void Written(in MfcTarget target, uint length)
    {
        ulong offset = target.Region.HostOffset + target.RegionOffset;
        if (!neighbours.Written(offset, length))
            writes.Written(offset, length);
    }

    // Problem state registers of an SPE: words, or one doubleword. Other devices belong to the machine's lock and cannot be reached
    // from an SPE's thread; to the MFC they are no memory.
    private bool MoveRegisters(in MfcTarget target, uint local, uint length, bool put)
    {
        if (target.Region.Device is not IDmaRegisters registers)
            return false;
        uint width = length <= 8 ? length : 4;
        SpeActions actions = SpeActions.None;
        for (uint done = 0; done < length; done += width)
        {
            byte* bytes = localStore.Start + local + done;
            ulong offset = target.RegionOffset + done;
            if (put)
                actions |= registers.StoreFromDma(offset, (int)width, ReadBigEndian(bytes, width));
            else
                WriteBigEndian(bytes, width, registers.Read(offset, (int)width));
        }

        if (put)
            registers.CarryOut(actions);
        else
            localStore.Changed(local, length);
        return true;
    }

    private static ulong ReadBigEndian(byte* bytes, uint width)
    {
        ulong value = 0;
        for (uint i = 0; i < width; i++)
            value = (value << 8) | bytes[i];
        return value;
    }

    private static void WriteBigEndian(byte* bytes, uint width, ulong value)
    {
        for (uint i = 0; i < width; i++)
            bytes[i] = (byte)(value >> (int)(8 * (width - 1 - i)));
    }
}
