namespace Ps3Platform.Devices.Audio;

/// <summary>Receives what the sound device plays. Called on the machine's thread, so that a sink never blocks and never throws.</summary>
public interface IAudioSink
{
    /// <summary>The next frames, in the order in which they are heard. The format may differ from that of the call before.</summary>
    /// <param name="format">Format of the frames.</param>
    /// <param name="frames">A whole number of frames; valid during the call only.</param>
    void Play(AudioFormat format, ReadOnlySpan<byte> frames);
}
