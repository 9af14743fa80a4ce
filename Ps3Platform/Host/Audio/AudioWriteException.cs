namespace Ps3Platform.Host.Audio;

/// <summary>Sound can no longer be written.</summary>
/// <param name="message">What and why, as a sentence without a full stop.</param>
internal sealed class AudioWriteException(string message) : IOException(message);
