namespace Ps3Platform.Machine.Configuration.Kinds;

/// <summary>
/// How paths change when options move between a file, in which they begin at the file's folder, and this process, in which they begin at
/// the working directory.
/// </summary>
/// <param name="Apply">The path as it is written on the other side.</param>
/// <param name="IsFile">Whether a path of this side names a file that is there.</param>
internal sealed record PathChange(Func<string, string> Apply, Func<string, bool> IsFile)
{
    /// <summary>From a file's options to this process.</summary>
    /// <param name="folder">The file's folder; empty for the working directory.</param>
    public static PathChange From(string folder)
    {
        string Join(string path) => folder.Length == 0 || path.Length == 0 ? path : Path.Combine(folder, path);
        return new PathChange(Join, path => File.Exists(Join(path)));
    }

    /// <summary>From this process to a file's options. Absolute paths stay as they are.</summary>
    /// <param name="folder">The file's folder; empty for the working directory.</param>
    public static PathChange To(string folder)
    {
        string root = Path.GetFullPath(folder.Length == 0 ? "." : folder);
        return new PathChange(
            path => path.Length == 0 || Path.IsPathRooted(path) ? path : Path.GetRelativePath(root, Path.GetFullPath(path)), File.Exists);
    }
}
