using System.Globalization;

using Ps3Platform.Host.Files;

namespace Ps3Platform.Host.Blocks;

/// <summary>Finds out which process has locked a file, on Linux.</summary>
internal static class FileLocks
{
    /// <summary>The process that has locked a file: "ps3 (process 4711)"; null when that cannot be found out.</summary>
    public static string? HolderOf(string path)
    {
        if (FileKinds.InodeOf(path) is not { } inode)
            return null;
        try
        {
            return File.ReadLines("/proc/locks").Select(line => OwnerOf(line, inode)).FirstOrDefault(static owner => owner is not null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // "1: FLOCK  ADVISORY  WRITE 4711 08:01:1234 0 EOF"
    private static string? OwnerOf(string line, ulong inode)
    {
        string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 6 || fields[1] != "FLOCK" || !fields[5].EndsWith($":{inode}", StringComparison.Ordinal))
            return null;
        if (!int.TryParse(fields[4], CultureInfo.InvariantCulture, out int process) || process <= 0)
            return null;
        string comm = $"/proc/{process}/comm";
        return File.Exists(comm) ? $"{File.ReadAllText(comm).Trim()} (process {process})" : $"process {process}";
    }
}
