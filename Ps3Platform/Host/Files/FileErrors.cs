namespace Ps3Platform.Host.Files;

/// <summary>Says in a person's words why the host refused a file, without names of exceptions or of the runtime's types.</summary>
internal static class FileErrors
{
    // Linux's numbers (asm-generic/errno*.h). .NET leaves the number in HResult; elsewhere none of them is met.
    private const int BadDescriptor = 9;
    private const int TextBusy = 26;
    private const int TooLarge = 27;
    private const int NoSpace = 28;
    private const int ReadOnlyFileSystem = 30;
    private const int NameTooLong = 36;
    private const int TooManyLinks = 40;
    private const int QuotaExceeded = 122;

    /// <summary>True of what opening, reading or writing a file can throw.</summary>
    public static bool IsFileError(Exception e) => e is IOException or UnauthorizedAccessException or NotSupportedException;

    /// <summary>The reason, as a clause that can follow a file's name and a colon.</summary>
    public static string Reason(Exception e) => e switch
    {
        FileNotFoundException => "no such file",
        DirectoryNotFoundException => "no such file or folder",
        PathTooLongException => "the name is too long",
        UnauthorizedAccessException when e.InnerException is IOException { HResult: BadDescriptor } => "it is closed",
        UnauthorizedAccessException => "permission denied",
        IOException => ByNumber(e.HResult) ?? "the host cannot read or write it",
        _ => "it cannot be used as a file",
    };

    /// <summary>The reason a system call gave, or null for one that is not known here.</summary>
    public static string? ByNumber(int error) => error switch
    {
        1 or 13 => "permission denied",
        2 => "no such file",
        4 => "interrupted",
        5 => "the host's device reports an error",
        BadDescriptor => "it is closed",
        11 => "another program has locked it",
        20 => "a part of its path is no folder",
        21 => "is a folder",
        TextBusy => "a program is running from it",
        TooLarge => "it would be larger than the limit for files (ulimit -f)",
        NoSpace => "no space is left on its device",
        ReadOnlyFileSystem => "its file system is read-only",
        NameTooLong => "the name is too long",
        TooManyLinks => "too many symbolic links",
        QuotaExceeded => "your disk quota is used up",
        _ => null,
    };
}
