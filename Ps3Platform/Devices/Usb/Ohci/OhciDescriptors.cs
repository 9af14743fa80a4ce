using System.Buffers.Binary;

using CellPpe.Core;

using Lv1Hypervisor.Contracts;

namespace Ps3Platform.Devices.Usb.Ohci;

/// <summary>An endpoint descriptor (OHCI 1.0a, 4.2): four little-endian words in the guest's memory.</summary>
internal struct EndpointDescriptor
{
    public const int Size = 16;

    private const uint PointerMask = 0xffff_fff0;
    private const uint HaltedBit = 1;
    private const uint CarryBit = 2;

    private uint _control;
    private uint _tail;
    private uint _head;

    /// <summary>Where it is.</summary>
    public uint Address { get; private set; }

    /// <summary>The next of the list; 0: none.</summary>
    public uint Next { get; private set; }

    public readonly int Function => (int)(_control & 0x7f);

    public readonly int Endpoint => (int)((_control >> 7) & 0xf);

    /// <summary>1 OUT, 2 IN, otherwise the transfer says.</summary>
    public readonly uint Direction => (_control >> 11) & 3;

    public readonly bool IsSkipped => (_control & (1 << 14)) != 0;

    public readonly bool IsIsochronous => (_control & (1 << 15)) != 0;

    public readonly int PacketSize => (int)((_control >> 16) & 0x7ff);

    public readonly bool IsHalted => (_head & HaltedBit) != 0;

    public readonly bool Toggle => (_head & CarryBit) != 0;

    /// <summary>The transfer that is first in the queue.</summary>
    public readonly uint Head => _head & PointerMask;

    /// <summary>The place behind the last transfer of the queue.</summary>
    public readonly uint Tail => _tail & PointerMask;

    /// <summary>Transfers wait.</summary>
    public readonly bool HasTransfers => Head != (_tail & PointerMask) && Head != 0;

    public static bool TryRead(IDmaPort dma, uint address, out EndpointDescriptor descriptor)
    {
        Span<byte> bytes = stackalloc byte[Size];
        descriptor = default;
        if (dma.Read(new IoAddress(address), bytes) != DmaFault.None)
            return false;
        descriptor.Address = address;
        descriptor._control = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        descriptor._tail = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        descriptor._head = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        descriptor.Next = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]) & PointerMask;
        return true;
    }

    /// <summary>Changes the head, the toggle carry and the halt, which are one word.</summary>
    public bool TrySetHead(IDmaPort dma, uint head, bool toggle, bool halted)
    {
        _head = (head & PointerMask) | (toggle ? CarryBit : 0) | (halted ? HaltedBit : 0);
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, _head);
        return dma.Write(new IoAddress(Address) + 8, bytes) == DmaFault.None;
    }
}

/// <summary>A general transfer descriptor (OHCI 1.0a, 4.3.1).</summary>
internal struct TransferDescriptor
{
    public const int Size = 16;

    /// <summary>Bytes of the largest transfer: two pages.</summary>
    public const int MostBytes = 8192;

    private const uint PageMask = 0xffff_f000;
    private uint _control;
    private uint _end;

    public uint Address { get; private set; }

    public uint Next { get; private set; }

    /// <summary>Address of the next byte; 0: no bytes are left.</summary>
    public uint Current { get; private set; }

    /// <summary>A packet that does not fill the buffer is no error.</summary>
    public readonly bool Rounds => (_control & (1 << 18)) != 0;

    /// <summary>0 SETUP, 1 OUT, 2 IN.</summary>
    public readonly uint Direction => (_control >> 19) & 3;

    /// <summary>Frames until the interrupt at most; 7: none.</summary>
    public readonly int Delay => (int)((_control >> 21) & 7);

    /// <summary>The toggle of its first packet, or null for the endpoint's.</summary>
    public readonly bool? Toggle => (_control & (1 << 25)) == 0 ? null : (_control & (1 << 24)) != 0;

    /// <summary>Address of the last byte.</summary>
    public readonly uint End => _end;

    /// <summary>Bytes that are left.</summary>
    public readonly int Remaining
    {
        get
        {
            if (Current == 0)
                return 0;
            int last = (int)(_end & 0xfff) + ((Current & PageMask) == (_end & PageMask) ? 0 : 0x1000);
            return Math.Max(0, last - (int)(Current & 0xfff) + 1);
        }
    }

    public static bool TryRead(IDmaPort dma, uint address, out TransferDescriptor descriptor)
    {
        Span<byte> bytes = stackalloc byte[Size];
        descriptor = default;
        if (dma.Read(new IoAddress(address), bytes) != DmaFault.None)
            return false;
        descriptor.Address = address;
        descriptor._control = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        descriptor.Current = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        descriptor.Next = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) & ~0xfu;
        descriptor._end = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        return true;
    }

    /// <summary>Reads or writes bytes of the buffer from <see cref="Current"/> on.</summary>
    public readonly DmaFault Transfer(IDmaPort dma, Span<byte> bytes, bool toMemory)
    {
        // The second page is where the end is, wherever the first was (OHCI 1.0a, 4.3.1.3.1).
        int first = Math.Min(bytes.Length, 0x1000 - (int)(Current & 0xfff));
        DmaFault fault = Move(dma, Current, bytes[..first], toMemory);
        return fault != DmaFault.None || first == bytes.Length ? fault : Move(dma, _end & PageMask, bytes[first..], toMemory);
    }

    /// <summary>Bytes were transferred.</summary>
    public void Advance(int length)
    {
        if (length == Remaining)
        {
            Current = 0;
            return;
        }

        uint offset = (Current & 0xfff) + (uint)length;
        Current = offset < 0x1000 ? (Current & PageMask) | offset : (_end & PageMask) | (offset & 0xfff);
    }

    /// <summary>The toggle of the next packet is the descriptor's own from now on.</summary>
    public void SetToggle(bool toggle) => _control = (_control & ~(3u << 24)) | (2u << 24) | (toggle ? 1u << 24 : 0);

    /// <summary>Writes it back while it goes on.</summary>
    public readonly bool TryWrite(IDmaPort dma) => TryWrite(dma, Next, _control);

    /// <summary>Writes it back at its end, linked to the one that ended before.</summary>
    public readonly bool TryRetire(IDmaPort dma, uint doneBefore, OhciCondition condition) =>
        TryWrite(dma, doneBefore, (_control & 0x0fff_ffff & ~(3u << 26)) | ((uint)condition << 28)
            | (condition == OhciCondition.NotResponding ? 3u << 26 : 0));

    private readonly bool TryWrite(IDmaPort dma, uint next, uint control)
    {
        Span<byte> bytes = stackalloc byte[12];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, control);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], Current);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], next);
        return dma.Write(new IoAddress(Address), bytes) == DmaFault.None;
    }

    private static DmaFault Move(IDmaPort dma, uint address, Span<byte> bytes, bool toMemory) =>
        toMemory ? dma.Write(new IoAddress(address), bytes) : dma.Read(new IoAddress(address), bytes);
}
