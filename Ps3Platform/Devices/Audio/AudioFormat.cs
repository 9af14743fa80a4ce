namespace Ps3Platform.Devices.Audio;

/// <summary>A format of stereo sound: signed linear PCM, the left sample first, little-endian, without padding.</summary>
/// <param name="Rate">Frames a second; a frame is a sample of each channel.</param>
/// <param name="Bits">Bits of a sample: 16 or 24.</param>
public readonly record struct AudioFormat(int Rate, int Bits)
{
    /// <summary>Channels: left and right.</summary>
    public const int Channels = 2;

    /// <summary>Bytes of a sample.</summary>
    public int SampleBytes => Bits / 8;

    /// <summary>Bytes of a frame.</summary>
    public int FrameBytes => Channels * SampleBytes;

    /// <summary>For people: "48000 Hz, 16 bits, stereo".</summary>
    public override string ToString() => $"{Rate} Hz, {Bits} bits, stereo";
}
