using CellPpe.Core;
using Lv1Hypervisor.Contracts;
using Microsoft.Extensions.Logging;

namespace Ps3Platform.Devices.Audio;

/// <summary>The DMA engine: ten channels that copy blocks of 128 bytes from memory to serial output 0, each at its event.</summary>
internal sealed class AudioDma(IDmaPort memory, SerialOutput output, AudioInterrupts interrupts, ILogger logger)
{
    private const uint Request = 1;
    private const int EventShift = 16;
    private const uint EventMask = 0x1f;
    private const int StatusShift = 24;
    private const uint SizeMask = 0x7f;
    private const uint AddressMask = ~0x7fu;
    private const uint TargetMask = 3;
    private const uint FromMemory = 2;
    private const uint ToOutput = 1;

    private const uint EventAlways = 0;
    private const uint EventEmpty = 1;
    private const uint EventUnderflow = 2;
    private const uint EventFirstChannel = 0x13;

    private const uint LeftData = 0x1000;
    private const uint RightData = 0x1080;

    private readonly Channel[] _channels = new Channel[AudioRegister.Channels];
    private bool _clear;
    private bool _wasErrorLogged;

    private enum Status : uint
    {
        Done = 0,
        Waiting = 1,
        Pending = 2,
        Cleared = 5,
        Error = 6,
    }

    /// <summary>Bits 35 to 32 of the addresses that the channels read from.</summary>
    public ulong Base { get; set; }

    /// <summary>Transfers that ended with an error since power-on.</summary>
    public ulong Errors { get; private set; }

    /// <summary>A channel waits for "empty".</summary>
    public bool IsEmptyAwaited => Array.Exists(_channels, static one => one is { Status: Status.Waiting, Event: EventEmpty });

    /// <summary>CONFIG: while its bit 8 is set, all transfers are cancelled.</summary>
    public uint Configuration
    {
        get => _clear ? AudioRegister.Clear : 0;
        set
        {
            _clear = (value & AudioRegister.Clear) != 0;
            if (_clear)
                CancelAll();
        }
    }

    public void Reset()
    {
        Array.Clear(_channels);
        (_clear, _wasErrorLogged, Base, Errors) = (false, false, 0, 0);
    }

    /// <summary>Reads KICK, SOURCE, DEST or DMASIZE of a channel (0, 4, 8, 12).</summary>
    public uint Read(int channel, uint register)
    {
        ref Channel one = ref _channels[channel];
        return register switch
        {
            0x0 => (uint)one.Status << StatusShift | one.Event << EventShift | (one.IsRequested ? Request : 0),
            0x4 => one.Source,
            0x8 => one.Destination,
            0xc => one.Size,
            _ => 0,
        };
    }

    /// <summary>Writes one of them.</summary>
    public void Write(int channel, uint register, uint value)
    {
        ref Channel one = ref _channels[channel];
        switch (register)
        {
            case 0x0:
                Kick(channel, value);
                break;
            case 0x4:
                one.Source = value & (AddressMask | TargetMask);
                break;
            case 0x8:
                one.Destination = value & (AddressMask | TargetMask);
                break;
            case 0xc:
                one.Size = value & SizeMask;
                break;
        }
    }

    /// <summary>Starts the channels that wait for this.</summary>
    public void OnSignal(SerialSignal signal)
    {
        switch (signal)
        {
            case SerialSignal.Empty:
                Start(EventEmpty);
                break;
            case SerialSignal.Underflow:
                Start(EventUnderflow);
                break;
            default:
                for (int channel = 0; channel < _channels.Length; channel++)
                {
                    if (_channels[channel].Status == Status.Pending)
                        Transfer(channel);
                }

                break;
        }
    }

    public IReadOnlyList<AudioChannelState> Inspect() =>
    [
        .. Enumerable.Range(0, _channels.Length).Select(channel => new AudioChannelState(
            Read(channel, 0x0), Read(channel, 0x4), Read(channel, 0x8), Read(channel, 0xc))),
    ];

    // A store replaces a request that has not been served, and takes it back if it asks for none (chosen). After an underflow Linux writes
    // to channels that still wait, twice (snd_ps3_interrupt): only so does it fill eight stages and not twelve, which would not fit.
    private void Kick(int channel, uint value)
    {
        ref Channel one = ref _channels[channel];
        one.Event = value >> EventShift & EventMask;
        one.IsRequested = (value & Request) != 0;
        if (!one.IsRequested)
        {
            one.Status = one.Status is Status.Waiting or Status.Pending ? Status.Done : one.Status;
            return;
        }

        (one.Status, one.Moved) = (Status.Waiting, 0);
        if (_clear)
            Finish(channel, Status.Cleared);
        else if (one.Event == EventAlways)
            Transfer(channel);
        else if (one.Event == EventEmpty)
            output.Hurry();
    }

    private void Start(uint happened)
    {
        for (int channel = 0; channel < _channels.Length; channel++)
        {
            if (_channels[channel].Status == Status.Waiting && _channels[channel].Event == happened)
                Transfer(channel);
        }
    }

    // Takes no guest time: a console's takes less than a sample's time, and Linux waits for it (snd_ps3_pcm_trigger).
    private void Transfer(int channel)
    {
        ref Channel one = ref _channels[channel];
        Span<byte> block = stackalloc byte[SerialOutput.BlockSize];
        while (one.Moved <= one.Size)
        {
            uint to = (one.Destination & AddressMask) + (one.Moved * SerialOutput.BlockSize);
            ulong from = Base + (one.Source & AddressMask) + (one.Moved * SerialOutput.BlockSize);
            if ((one.Source & TargetMask) != FromMemory || (one.Destination & TargetMask) != ToOutput || to is not (LeftData or RightData))
            {
                Fail(channel, $"from {one.Source:x8} to {to:x}: only memory to serial output 0 is supported");
                return;
            }

            if (memory.Read(new IoAddress(from), block) != DmaFault.None)
            {
                Fail(channel, $"bus address {from:x} cannot be read");
                return;
            }

            if (!output.TryWrite(to == RightData, block))
            {
                one.Status = Status.Pending;
                return;
            }

            one.Moved++;
        }

        Finish(channel, Status.Done);
        Start(EventFirstChannel + (uint)channel);
    }

    private void Fail(int channel, string reason)
    {
        Errors++;
        if (!_wasErrorLogged)
            logger.LogWarning("sound: DMA channel {Channel} {Reason}", channel, reason);
        _wasErrorLogged = true;
        (_channels[channel].IsRequested, _channels[channel].Status) = (false, Status.Error);
    }

    private void Finish(int channel, Status status)
    {
        (_channels[channel].IsRequested, _channels[channel].Status) = (false, status);
        interrupts.ReportDma(channel);
    }

    // "Any interrupts associated with the canceled transfers will occur as if the transfer had finished" (snd_ps3_reg.h).
    private void CancelAll()
    {
        for (int channel = 0; channel < _channels.Length; channel++)
        {
            if (_channels[channel].IsRequested)
                Finish(channel, Status.Cleared);
        }
    }

    private struct Channel
    {
        public uint Event;
        public uint Source;
        public uint Destination;
        public uint Size;
        public bool IsRequested;
        public Status Status;

        /// <summary>Blocks of the request that have been copied.</summary>
        public uint Moved;
    }
}
