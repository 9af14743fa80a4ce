namespace Ps3Platform.Standalone.Assist.Protocol;

/// <summary>Linux's error numbers, which newlib's SPU part has too.</summary>
internal static class Errno
{
    // The largest error number of the kernel in an exception's HResult; larger values are those of Windows.
    private const int LargestNumber = 4095;

    public const int None = 0;
    public const int NotThere = 2;
    public const int InputOutput = 5;
    public const int BadDescriptor = 9;
    public const int NoMemory = 12;
    public const int Access = 13;
    public const int Exists = 17;
    public const int NoDevice = 19;
    public const int NotADirectory = 20;
    public const int IsADirectory = 21;
    public const int Invalid = 22;
    public const int TooManyFiles = 24;
    public const int IllegalSeek = 29;
    public const int Range = 34;
    public const int NotImplemented = 38;
    public const int NotEmpty = 39;

    /// <summary>The host C library's text for an error number.</summary>
    public static string TextOf(int error) => System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error);

    /// <summary>The error number for an exception; null when the exception is not about files.</summary>
    public static int? Of(Exception exception, string? path = null) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => NotThere,
        UnauthorizedAccessException { InnerException: IOException { HResult: > 0 and <= LargestNumber } refused } => refused.HResult,
        UnauthorizedAccessException => path is not null && Directory.Exists(path) ? IsADirectory : Access,
        ArgumentException when path is "" => NotThere,
        PathTooLongException or ArgumentException => Invalid,
        EntryPointNotFoundException or DllNotFoundException or PlatformNotSupportedException => NotImplemented,
        NotSupportedException or ObjectDisposedException => BadDescriptor,
        IOException { HResult: > 0 and <= LargestNumber } refused => refused.HResult,
        IOException => path is not null && File.Exists(path) ? Exists : InputOutput,
        _ => null,
    };

    /// <summary>Runs an action on files and converts exceptions about files to an error number.</summary>
    public static int Try(Action action, string? path = null)
    {
        try
        {
            action();
            return None;
        }
        catch (Exception e) when (Of(e, path) is not null)
        {
            return Of(e, path)!.Value;
        }
    }
}
