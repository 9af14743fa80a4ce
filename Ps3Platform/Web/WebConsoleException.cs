namespace Ps3Platform.Web;

/// <summary>The web console cannot listen.</summary>
public sealed class WebConsoleException : Exception
{
    /// <summary>Without a reason.</summary>
    public WebConsoleException()
    {
    }

    /// <summary>With a reason.</summary>
    public WebConsoleException(string message)
        : base(message)
    {
    }

    /// <summary>With a reason and its cause.</summary>
    public WebConsoleException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
