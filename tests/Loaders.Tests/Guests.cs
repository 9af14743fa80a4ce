using System.Runtime.CompilerServices;
using Ps3Platform.Loaders;
using Xunit;

namespace Loaders.Tests;

/// <summary>The prebuilt kernels beside the repository (../shared/guests); tests without them are skipped by name.</summary>
internal static class Guests
{
    public static ImageFile Open(string name)
    {
        string? path = Find(name);
        Skip.If(path is null, $"../shared/guests/{name} is not there");
        return ImageFile.Read(path!) with { Name = name };
    }

    private static string? Find(string name, [CallerFilePath] string source = "")
    {
        foreach (string start in new[] { source, AppContext.BaseDirectory })
        {
            for (string? folder = Path.GetDirectoryName(start); folder is not null; folder = Path.GetDirectoryName(folder))
            {
                string candidate = Path.Combine(folder, "..", "shared", "guests", name);
                if (File.Exists(Path.Combine(folder, "Directory.Packages.props")) && File.Exists(candidate))
                    return candidate;
            }
        }

        return null;
    }
}
