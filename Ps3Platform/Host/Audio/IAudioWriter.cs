using Ps3Platform.Devices.Audio;

namespace Ps3Platform.Host.Audio;

/// <summary>Writes sound to where a write may block. All members are called on one thread.</summary>
internal interface IAudioWriter : IDisposable
{
    /// <summary>Frames that may wait to be written, in bytes.</summary>
    int QueueBytes { get; }

    /// <summary>Begins a format: before the first frame, and when the format changes.</summary>
    /// <exception cref="IOException">Nothing can be written any more; the message is a clause that says why.</exception>
    void Begin(AudioFormat format);

    /// <summary>Writes frames of that format.</summary>
    /// <exception cref="IOException">Nothing can be written any more; the message is a clause that says why.</exception>
    void Write(ReadOnlySpan<byte> frames);

    /// <summary>All frames were written: completes what was begun.</summary>
    /// <exception cref="IOException">It cannot be completed.</exception>
    void Finish();
}
