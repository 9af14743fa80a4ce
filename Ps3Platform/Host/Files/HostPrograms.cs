namespace Ps3Platform.Host.Files;

/// <summary>Programs of the host.</summary>
internal static class HostPrograms
{
    /// <summary>Path of a program in a folder of PATH, or null.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
