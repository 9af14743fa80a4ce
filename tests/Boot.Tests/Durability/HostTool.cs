using System.Diagnostics;

using Xunit;

namespace Boot.Tests.Durability;

/// <summary>Programs of the host that check a disk's file.</summary>
internal static class HostTool
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly string[] Folders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"];

    /// <summary>Where a program is; null: it is not installed.</summary>
    public static string? Find(string program) =>
        Folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>Skips the calling test by name where a program is missing.</summary>
    public static void Need(params string[] programs)
    {
        foreach (string program in programs)
            Skip.If(Find(program) is null, $"{program} is not installed");
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its exit code, and what it printed.</returns>
    public static (int ExitCode, string Output) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(Find(program) ?? throw new InvalidOperationException($"{program} is not installed"), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(Patience))
        {
            process.Kill();
            throw new TimeoutException($"{program} did not end within {Patience}");
        }

        return (process.ExitCode, output + errors.Result);
    }

    /// <summary>Runs a program that must succeed.</summary>
    public static string Succeed(string program, params string[] arguments)
    {
        (int code, string output) = Run(program, arguments);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)} ended with {code}:\n{output}");
        return output;
    }

    /// <summary>Makes a raw image with an empty ext4.</summary>
    /// <param name="image">The file.</param>
    /// <param name="bytes">Its size.</param>
    /// <param name="more">Further options of mkfs.ext4.</param>
    public static void MakeExt4(string image, long bytes, params string[] more)
    {
        using (FileStream file = File.Create(image))
            file.SetLength(bytes);
        Succeed("mkfs.ext4", ["-q", "-b", "4096", .. more, image]);
    }
}
