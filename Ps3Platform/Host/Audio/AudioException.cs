namespace Ps3Platform.Host.Audio;

/// <summary>Sound cannot go where the user asked for.</summary>
/// <param name="message">Why, and what to do, as a clause without a full stop.</param>
internal sealed class AudioException(string message) : Exception(message);
