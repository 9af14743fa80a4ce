using CellPpe.Core;
using Microsoft.Extensions.Logging;

namespace Ps3Platform.Devices.Audio;

/// <summary>The register block: decodes the guest's loads and stores.</summary>
internal sealed class AudioRegisters(AudioDma dma, SerialOutput output, AudioInterrupts interrupts, ILogger logger) : IMmioDevice
{
    // Initial values: the fields that snd_ps3_reg.h marks "RWI", and the polarity that it calls the default.
    private const uint MasterControlAtPowerOn = 2 << 28 | 2 << 24;
    private const uint SerialMasterAtPowerOn = 1 << 20 | AudioRegister.SerialClocksOff | 1 << 8;
    private const uint SpdifAtPowerOn = 1 << 20;

    private readonly uint[] _serialControl = new uint[AudioRegister.SerialOutputs];
    private readonly uint[] _spdif = new uint[AudioRegister.SpdifOutputs * (AudioRegister.SpdifBytes / sizeof(uint))];
    private uint _mute;
    private uint _condition;
    private uint _master;
    private uint _serialMaster;
    private bool _areConnectorsMuted;

    /// <summary>True while no connector gives sound: what is played is silence.</summary>
    public bool AreConnectorsMuted
    {
        get => _areConnectorsMuted;
        set
        {
            _areConnectorsMuted = value;
            UpdateMute();
        }
    }

    public void Reset()
    {
        Array.Clear(_serialControl);
        Array.Clear(_spdif);
        for (int index = 0; index < AudioRegister.SpdifOutputs; index++)
            _spdif[SpdifIndex(index, 0)] = SpdifAtPowerOn;
        (_mute, _condition) = (0, 0);
        (_master, _serialMaster) = (MasterControlAtPowerOn, SerialMasterAtPowerOn);
        AreConnectorsMuted = true;
    }

    /// <summary>Sets the width of samples of serial output 0, as the AV settings service does.</summary>
    /// <param name="bits">16, 20 or 24.</param>
    public void SetWidth(int bits)
    {
        uint field = bits switch { 20 => 2, 24 => 3, _ => 0u };
        WriteSerialControl(0, (_serialControl[0] & ~AudioRegister.WidthMask) | field << AudioRegister.WidthShift);
    }

    /// <inheritdoc/>
    public ulong Read(ulong offset, int size)
    {
        if (size == sizeof(uint) && offset % sizeof(uint) == 0 && TryRead((uint)offset, out uint value))
            return value;
        logger.LogDebug("sound: no register of {Size} bytes at {Offset:x}", size, offset);
        return 0;
    }

    /// <inheritdoc/>
    public void Write(ulong offset, int size, ulong value)
    {
        if (size != sizeof(uint) || offset % sizeof(uint) != 0 || !TryWrite((uint)offset, (uint)value))
            logger.LogDebug("sound: no register of {Size} bytes at {Offset:x} to write {Value:x} to", size, offset, value);
    }

    public AudioRegisterState Inspect() => new(
        interrupts.Status, interrupts.Enable, interrupts.DmaStatus, interrupts.DmaEnable, _mute, _condition, _master, ReadSerialMaster(),
        [.. _serialControl], [.. _spdif]);

    private static int SpdifIndex(int output, uint at) => (int)((output * AudioRegister.SpdifBytes) + at) / sizeof(uint);

    private static bool IsChannel(uint offset, out int channel, out uint register)
    {
        uint at = offset - AudioRegister.FirstChannel;
        (channel, register) = ((int)(at / AudioRegister.ChannelStride), at % AudioRegister.ChannelStride);
        return offset >= AudioRegister.FirstChannel && channel < AudioRegister.Channels && register <= 0xc;
    }

    // Of outputs that lie AudioRegister.OutputStride apart: which one, and the offset in its registers.
    private static bool IsOutput(uint offset, uint first, int count, uint bytes, out int output, out uint at)
    {
        uint distance = offset - first;
        (output, at) = ((int)(distance / AudioRegister.OutputStride), distance % AudioRegister.OutputStride);
        return offset >= first && output < count && at < bytes;
    }

    private static bool IsSpdif(uint offset, out int output, out uint at) => IsOutput(
        offset, AudioRegister.SpdifControl, AudioRegister.SpdifOutputs, AudioRegister.SpdifBytes, out output, out at);

    private bool TryRead(uint offset, out uint value)
    {
        if (IsChannel(offset, out int channel, out uint register))
            value = dma.Read(channel, register);
        else if (IsOutput(offset, AudioRegister.SerialControl, AudioRegister.SerialOutputs, sizeof(uint), out int serial, out _))
            value = _serialControl[serial];
        else if (IsSpdif(offset, out int spdif, out uint at))
            value = ReadSpdif(spdif, at);
        else
            return TryReadSingle(offset, out value);
        return true;
    }

    private bool TryReadSingle(uint offset, out uint value)
    {
        uint? found = offset switch
        {
            AudioRegister.DmaInterruptStatus => interrupts.DmaStatus,
            AudioRegister.DmaInterruptEnable => interrupts.DmaEnable,
            AudioRegister.Configuration => dma.Configuration,
            AudioRegister.MuteControl => _mute,
            // The S/PDIF outputs' own buffers are never filled.
            AudioRegister.SpdifBufferPointers => 0,
            AudioRegister.SerialBufferPointers => (uint)output.WriteStage << 28 | (uint)output.ReadStage << 12,
            AudioRegister.InterruptCondition => _condition,
            AudioRegister.InterruptEnable => interrupts.Enable,
            AudioRegister.InterruptStatus => interrupts.Status,
            AudioRegister.MasterControl => _master,
            AudioRegister.SerialMasterControl => ReadSerialMaster(),
            _ => null,
        };
        value = found ?? 0;
        return found is not null;
    }

    private bool TryWrite(uint offset, uint value)
    {
        if (IsChannel(offset, out int channel, out uint register))
            dma.Write(channel, register, value);
        else if (IsOutput(offset, AudioRegister.SerialControl, AudioRegister.SerialOutputs, sizeof(uint), out int serial, out _))
            WriteSerialControl(serial, value);
        else if (IsSpdif(offset, out int spdif, out uint at))
            _spdif[SpdifIndex(spdif, at)] = at == 0 ? value & ~(AudioRegister.SpdifBufferReset | AudioRegister.SpdifRuns) : value;
        else
            return TryWriteSingle(offset, value);
        return true;
    }

    private bool TryWriteSingle(uint offset, uint value)
    {
        switch (offset)
        {
            case AudioRegister.DmaInterruptStatus:
                interrupts.ClearDma(value);
                break;
            case AudioRegister.DmaInterruptEnable:
                interrupts.SetDmaEnable(value);
                break;
            case AudioRegister.Configuration:
                dma.Configuration = value;
                break;
            case AudioRegister.MuteControl:
                _mute = value;
                UpdateMute();
                break;
            case AudioRegister.InterruptCondition:
                _condition = value;
                // 0: each stage, 1: every second, 2: every fourth; 3 is reserved, and here like 2 (chosen).
                output.StagesPerSignal = 1 << (int)Math.Min(value >> 12 & 3, 2);
                break;
            case AudioRegister.InterruptEnable:
                interrupts.SetEnable(value);
                break;
            case AudioRegister.InterruptStatus:
                interrupts.Clear(value);
                break;
            case AudioRegister.MasterControl:
                _master = value;
                break;
            case AudioRegister.SerialMasterControl:
                _serialMaster = value & ~AudioRegister.SerialRuns;
                output.SetRunning((value & AudioRegister.Serial0Enable) != 0 && (value & AudioRegister.SerialClocksOff) == 0);
                break;
            case AudioRegister.SpdifBufferPointers or AudioRegister.SerialBufferPointers:
                // Read only.
                break;
            default:
                return false;
        }

        return true;
    }

    // Outputs start and stop at once: ASORUN(n) is ASOEN(n).
    private uint ReadSerialMaster() => _serialMaster | (_serialMaster & AudioRegister.SerialEnables) >> 16;

    private uint ReadSpdif(int index, uint at)
    {
        uint value = _spdif[SpdifIndex(index, at)];
        // From output 0's buffer it runs when that does; its own buffer is not supported.
        bool runs = at == 0 && (value & AudioRegister.SpdifSourceMask) == 0 && (_serialMaster & AudioRegister.Serial0Enable) != 0;
        return runs ? value | AudioRegister.SpdifRuns : value;
    }

    private void WriteSerialControl(int serial, uint value)
    {
        _serialControl[serial] = value & ~AudioRegister.BufferReset;
        if (serial != 0)
            return;
        // 0: 16 bits, 2: 20, 3: 24; 1 is reserved, and here like 0 (chosen).
        output.Bits = (value >> AudioRegister.WidthShift & 3) switch { 2 => 20, 3 => 24, _ => 16 };
        output.IsHighAligned = (value & AudioRegister.HighAligned) != 0;
        if ((value & AudioRegister.BufferReset) != 0)
            output.ResetBuffer();
    }

    private void UpdateMute() => output.IsMuted = AreConnectorsMuted || (_mute & AudioRegister.MutesSerial0) != 0;
}
