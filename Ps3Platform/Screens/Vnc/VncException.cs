namespace Ps3Platform.Screens.Vnc;

/// <summary>A VNC server cannot listen, or its password cannot be read; or a viewer broke the protocol.</summary>
public sealed class VncException : Exception
{
    /// <summary>Without a reason.</summary>
    public VncException()
    {
    }

    /// <summary>With a reason.</summary>
    public VncException(string message)
        : base(message)
    {
    }

    /// <summary>With a reason and its cause.</summary>
    public VncException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
