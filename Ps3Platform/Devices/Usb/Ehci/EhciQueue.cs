using System.Buffers.Binary;
using System.Runtime.CompilerServices;

using CellPpe.Core;

using Lv1Hypervisor.Contracts;

namespace Ps3Platform.Devices.Usb.Ehci;

/// <summary>Bits of a transfer's token (EHCI 1.0, 3.5.3).</summary>
[Flags]
internal enum EhciToken : uint
{
    None = 0,
    Ping = 1,
    TransactionError = 1 << 3,
    Babble = 1 << 4,
    BufferError = 1 << 5,
    Halted = 1 << 6,
    Active = 1 << 7,
    ErrorCount = 3 << 10,
    PageMask = 7 << 12,
    InterruptOnCompletion = 1 << 15,
    Toggle = 1u << 31,
}

/// <summary>
/// A queue head (EHCI 1.0, 3.6): twelve little-endian words, of which the last nine are a copy of the transfer that is under way.
/// </summary>
internal struct EhciQueue
{
    private const int Words = 12;
    private const int Current = 3;
    private const int NextTransfer = 4;
    private const int AlternateTransfer = 5;
    private const int TokenWord = 6;
    private const int FirstBuffer = 7;
    private const int Buffers = 5;
    private const int TransferBytes = 32;
    private const uint Terminate = 1;
    private const uint AddressMask = ~0x1fu;

    private WordBlock _words;
    private bool _isChanged;

    /// <summary>Where it is.</summary>
    public uint Address { get; private set; }

    /// <summary>The link to the next of the list: address, type and end.</summary>
    public readonly uint Link => _words[0];

    public readonly int Function => (int)(_words[1] & 0x7f);

    public readonly int Endpoint => (int)((_words[1] >> 8) & 0xf);

    /// <summary>2: high speed. Others need a hub that translates, and there is none.</summary>
    public readonly bool IsHighSpeed => ((_words[1] >> 12) & 3) == 2;

    public readonly bool TakesToggleOfTransfer => (_words[1] & (1 << 14)) != 0;

    public readonly int PacketSize => (int)((_words[1] >> 16) & 0x7ff);

    /// <summary>The microframes of a frame in which a periodic queue is served.</summary>
    public readonly uint Schedule => _words[2] & 0xff;

    public readonly EhciToken Token => (EhciToken)_words[TokenWord];

    /// <summary>0 OUT, 1 IN, 2 SETUP.</summary>
    public readonly uint Pid => (_words[TokenWord] >> 8) & 3;

    /// <summary>Bytes that are left.</summary>
    public readonly int Remaining => (int)((_words[TokenWord] >> 16) & 0x7fff);

    public static bool TryRead(IDmaPort dma, uint address, out EhciQueue queue)
    {
        Span<byte> bytes = stackalloc byte[4 * Words];
        queue = default;
        if (dma.Read(new IoAddress(address), bytes) != DmaFault.None)
            return false;
        queue.Address = address;
        for (int i = 0; i < Words; i++)
            queue._words[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 * i)..]);
        return true;
    }

    /// <summary>Goes on to the next transfer of the queue (EHCI 1.0, 4.10.2).</summary>
    /// <param name="dma">The guest's memory.</param>
    /// <param name="fault">The transfer could not be read.</param>
    /// <returns>False: there is none that is active.</returns>
    public bool TryAdvance(IDmaPort dma, out bool fault)
    {
        fault = false;
        // After a short packet the alternate pointer leads on, if there is one.
        uint pointer = Remaining != 0 && (_words[AlternateTransfer] & Terminate) == 0 ? _words[AlternateTransfer] : _words[NextTransfer];
        if ((pointer & Terminate) != 0)
            return false;
        Span<byte> bytes = stackalloc byte[TransferBytes];
        uint address = pointer & AddressMask;
        if (dma.Read(new IoAddress(address), bytes) != DmaFault.None)
        {
            fault = true;
            return false;
        }

        uint token = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        if ((token & (uint)EhciToken.Active) == 0)
            return false;
        bool toggle = (Token & EhciToken.Toggle) != 0;
        _words[Current] = address;
        for (int i = 0; i < TransferBytes / 4; i++)
            _words[NextTransfer + i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 * i)..]);
        if (!TakesToggleOfTransfer)
            SetToken((Token & ~EhciToken.Toggle) | (toggle ? EhciToken.Toggle : 0));
        _isChanged = true;
        return true;
    }

    /// <summary>Reads or writes bytes of the buffer from the current place on.</summary>
    /// <returns>What went wrong; <see cref="EhciToken.BufferError"/> beyond the fifth page.</returns>
    public readonly (DmaFault Fault, EhciToken Error) Transfer(IDmaPort dma, Span<byte> bytes, bool toMemory)
    {
        int page = (int)((_words[TokenWord] >> 12) & 7);
        int offset = (int)(_words[FirstBuffer] & 0xfff);
        while (bytes.Length > 0)
        {
            if (page >= Buffers)
                return (DmaFault.None, EhciToken.BufferError);
            int run = Math.Min(bytes.Length, 0x1000 - offset);
            var address = new IoAddress((_words[FirstBuffer + page] & ~0xfffu) + (uint)offset);
            DmaFault fault = toMemory ? dma.Write(address, bytes[..run]) : dma.Read(address, bytes[..run]);
            if (fault != DmaFault.None)
                return (fault, EhciToken.None);
            bytes = bytes[run..];
            offset = 0;
            page++;
        }

        return (DmaFault.None, EhciToken.None);
    }

    /// <summary>A packet of so many bytes was transferred.</summary>
    public void Moved(int length)
    {
        uint place = (((_words[TokenWord] >> 12) & 7) << 12) + (_words[FirstBuffer] & 0xfff) + (uint)length;
        _words[FirstBuffer] = (_words[FirstBuffer] & ~0xfffu) | (place & 0xfff);
        uint rest = _words[TokenWord] & 0x8000_8fff;
        SetToken((EhciToken)((rest | ((place & 0x7000) | (uint)(Remaining - length) << 16)) ^ (uint)EhciToken.Toggle));
    }

    /// <summary>The transfer has ended.</summary>
    /// <param name="dma">The guest's memory.</param>
    /// <param name="errors">How; none for a good end.</param>
    /// <returns>False: the memory could not be written.</returns>
    public bool TryRetire(IDmaPort dma, EhciToken errors)
    {
        EhciToken token = (Token & ~EhciToken.Active) | errors;
        SetToken((errors & EhciToken.TransactionError) != 0 ? token & ~EhciToken.ErrorCount : token);
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, _words[TokenWord]);
        return dma.Write(new IoAddress((_words[Current] & AddressMask) + 8), bytes) == DmaFault.None;
    }

    /// <summary>Writes the copy of the transfer back, if it has changed.</summary>
    public readonly bool TryWrite(IDmaPort dma)
    {
        if (!_isChanged)
            return true;
        Span<byte> bytes = stackalloc byte[4 * (Words - Current)];
        for (int i = Current; i < Words; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[(4 * (i - Current))..], _words[i]);
        return dma.Write(new IoAddress(Address + (4 * Current)), bytes) == DmaFault.None;
    }

    private void SetToken(EhciToken token)
    {
        _words[TokenWord] = (uint)token;
        _isChanged = true;
    }

    [InlineArray(Words)]
    private struct WordBlock
    {
        private uint _first;
    }
}
