namespace Ps3Platform.Machine.Spu.Assist;

/// <summary>The error numbers that Linux and newlib have in common.</summary>
internal static class Errno
{
    public const int None = 0;
    public const int NotThere = 2;
    public const int InputOutput = 5;
    public const int BadDescriptor = 9;
    public const int NoMemory = 12;
    public const int Access = 13;
    public const int Exists = 17;
    public const int NotADirectory = 20;
    public const int IsADirectory = 21;
    public const int Invalid = 22;
    public const int TooManyFiles = 24;
    public const int IllegalSeek = 29;

    /// <summary>What a host's refusal is called. Null: the exception is not about files.</summary>
    public static int? Of(Exception exception, string? path = null) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => NotThere,
        UnauthorizedAccessException => path is not null && Directory.Exists(path) ? IsADirectory : Access,
        PathTooLongException or ArgumentException => Invalid,
        NotSupportedException => BadDescriptor,
        IOException => path is not null && File.Exists(path) ? Exists : InputOutput,
        _ => null,
    };

    /// <summary>Does something with files; what the host refuses becomes an error number.</summary>
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
