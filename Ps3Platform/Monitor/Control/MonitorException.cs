namespace Ps3Platform.Monitor.Control;

/// <summary>The kinds of errors that programs tell apart, named as in the QEMU Machine Protocol.</summary>
public enum MonitorError
{
    /// <summary>All that has no kind of its own.</summary>
    GenericError,

    /// <summary>There is no such command, or it may not be given now.</summary>
    CommandNotFound,

    /// <summary>There is no such device.</summary>
    DeviceNotFound,
}

/// <summary>A command cannot be carried out; the message says why, and the way out.</summary>
public sealed class MonitorException : Exception
{
    /// <summary>An error of a kind.</summary>
    public MonitorException(string message, MonitorError error = MonitorError.GenericError, Exception? cause = null)
        : base(message, cause) => Error = error;

    /// <summary>What kind of error it is.</summary>
    public MonitorError Error { get; }
}
