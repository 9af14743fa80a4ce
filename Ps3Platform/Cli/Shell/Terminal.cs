namespace Ps3Platform.Cli.Shell;

/// <summary>Prints messages to standard error; standard output is for the guest's console.</summary>
internal static class Terminal
{
    private const string Red = "\e[31m";
    private const string Dim = "\e[2m";
    private const string Plain = "\e[0m";

    public static void Error(string message) => Write(Red, "ps3: error: " + message);

    public static void Note(string message) => Write(Dim, "ps3: " + message);

    /// <summary>A line of a listing.</summary>
    public static void Text(string line) => Console.Error.WriteLine(line);

    private static void Write(string colour, string message)
    {
        bool coloured = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null or "";
        Console.Error.WriteLine(coloured ? colour + message + Plain : message);
    }
}
