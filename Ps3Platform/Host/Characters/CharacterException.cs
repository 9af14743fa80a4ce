namespace Ps3Platform.Host.Characters;

/// <summary>A back end could not be opened. The message names the back end, the reason and what to do.</summary>
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
