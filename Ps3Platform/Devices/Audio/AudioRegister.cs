namespace Ps3Platform.Devices.Audio;

/// <summary>Offsets and bits of the sound registers (sound/ppc/snd_ps3_reg.h). All registers have 32 bits and are big-endian.</summary>
internal static class AudioRegister
{
    /// <summary>Bytes of the register block.</summary>
    public const ulong BlockSize = 0x8000;

    // DMA.
    public const uint DmaInterruptStatus = 0x0100;
    public const uint DmaInterruptEnable = 0x0140;
    public const uint Configuration = 0x0200;
    public const uint FirstChannel = 0x0210;
    public const uint ChannelStride = 0x20;
    public const int Channels = 10;
    public const uint Clear = 1 << 8;

    // Audio port: interrupts and mutes.
    public const uint MuteControl = 0x4000;
    public const uint SpdifBufferPointers = 0x4004;
    public const uint SerialBufferPointers = 0x4008;
    public const uint InterruptCondition = 0x4010;
    public const uint InterruptEnable = 0x4014;
    public const uint InterruptStatus = 0x4018;

    /// <summary>ASO0MT, AASOMT and AAOMT: output 0, all serial outputs, all outputs.</summary>
    public const uint MutesSerial0 = 1 << 3 | 1 << 13 | 1 << 15;

    /// <summary>ASOBEIE(0): serial output 0 has emptied stages.</summary>
    public const uint Serial0Empty = 1 << 19;

    /// <summary>ASOBUIE(0): serial output 0 has nothing to play.</summary>
    public const uint Serial0Underflow = 1 << 3;

    // Outputs.
    public const uint MasterControl = 0x6000;
    public const uint SerialMasterControl = 0x6004;
    public const uint SerialControl = 0x6200;
    public const uint OutputStride = 0x200;
    public const int SerialOutputs = 4;
    public const uint SpdifControl = 0x7200;
    public const int SpdifOutputs = 2;

    /// <summary>Control, 12 user bit and 6 channel status registers.</summary>
    public const uint SpdifBytes = 0x4c;

    /// <summary>ASOEN(0).</summary>
    public const uint Serial0Enable = 1u << 31;
    public const uint SerialEnables = 0xf000_0000;
    public const uint SerialRuns = 0xf000;

    /// <summary>ASOBCLKD and ASOLRCKD: a clock is off.</summary>
    public const uint SerialClocksOff = 1 << 11 | 1 << 10;
    public const uint BufferReset = 1 << 16;
    public const int WidthShift = 8;
    public const uint WidthMask = 3 << WidthShift;

    /// <summary>ASODF: samples of 20 and 24 bits are at the high end of their 32 bits.</summary>
    public const uint HighAligned = 1 << 11;
    public const uint SpdifBufferReset = 1;
    public const uint SpdifRuns = 1 << 27;
    public const uint SpdifSourceMask = 3 << 16;
}
