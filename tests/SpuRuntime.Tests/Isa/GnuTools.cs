using System.Diagnostics;
using System.Runtime.CompilerServices;

using Xunit;

namespace SpuRuntime.Tests.Isa;

/// <summary>The SPU compiler of ../shared/toolchains, unpacked once for the run.</summary>
public sealed class GnuTools : IDisposable
{
    private readonly Lazy<string?> _folder = new(Unpack);

    /// <summary>Runs a tool, skipping the test by name where there is no compiler.</summary>
    public void Run(string tool, params string[] arguments)
    {
        using Process process = Process.Start(Start(tool, arguments))!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{tool}: {errors.Result}");
    }

    /// <summary>Runs a tool and returns what it prints.</summary>
    public string Output(string tool, params string[] arguments)
    {
        using Process process = Process.Start(Start(tool, arguments))!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }

    /// <summary>A file in the temporary folder.</summary>
    public string FileName(string name)
    {
        Skip.If(_folder.Value is null, "../shared/toolchains/spu-elf.tar.xz is not there");
        return Path.Combine(_folder.Value!, name);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_folder.IsValueCreated && _folder.Value is { } folder)
            Directory.Delete(folder, recursive: true);
    }

    private ProcessStartInfo Start(string tool, string[] arguments) => new(FileName($"spu-elf/bin/spu-elf-{tool}"), arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    private static string? Unpack()
    {
        string? archive = Archive();
        if (archive is null)
            return null;
        string folder = Directory.CreateTempSubdirectory("spu-elf-").FullName;
        using Process tar = Process.Start("tar", ["-xf", archive, "-C", folder]);
        tar.WaitForExit();
        return tar.ExitCode == 0 ? folder : null;
    }

    // Beside the checkout, or beside the one a test build was made in.
    private static string? Archive([CallerFilePath] string thisFile = "")
    {
        for (DirectoryInfo? folder = new FileInfo(thisFile).Directory; folder is not null; folder = folder.Parent)
        {
            string archive = Path.Combine(folder.FullName, "shared", "toolchains", "spu-elf.tar.xz");
            if (File.Exists(archive))
                return archive;
        }

        return null;
    }
}
