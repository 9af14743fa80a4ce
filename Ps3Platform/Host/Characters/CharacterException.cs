namespace Ps3Platform.Host.Characters;

/// <summary>A back end could not be opened: the message says which, why, and the way out.</summary>
public sealed class CharacterException : Exception
{
    /// <summary>Makes the exception.</summary>
    public CharacterException()
    {
    }

    /// <summary>Makes the exception.</summary>
    public CharacterException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    public CharacterException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
