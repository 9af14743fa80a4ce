namespace Ps3Platform.Host.Network;

/// <summary>A network back end cannot be opened. The message is a whole sentence: what, why, and the way out.</summary>
public sealed class NetworkException : Exception
{
    /// <summary>Makes one.</summary>
    public NetworkException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with its cause.</summary>
    public NetworkException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>Makes an empty one.</summary>
    public NetworkException()
    {
    }
}
