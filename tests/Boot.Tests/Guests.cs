using System.Runtime.CompilerServices;

using Xunit;

namespace Boot.Tests;

/// <summary>The prebuilt kernels beside the repository (../shared/guests); tests without them are skipped by name.</summary>
internal static class Guests
{
    /// <summary>Path of a prebuilt file. Skips the calling test when it is not there.</summary>
    public static string Path(string name)
    {
        string path = System.IO.Path.GetFullPath(System.IO.Path.Combine(RepositoryRoot(), "..", "shared", "guests", name));
        Skip.IfNot(File.Exists(path), $"../shared/guests/{name} is not there");
        return path;
    }

    /// <summary>The checkout's root.</summary>
    public static string RepositoryRoot() => System.IO.Path.GetFullPath(System.IO.Path.Combine(Folder(), "..", ".."));

    // The folder of this file, not of the caller's.
    private static string Folder([CallerFilePath] string source = "") => System.IO.Path.GetDirectoryName(source)!;
}
