using System.Diagnostics;

namespace Ps3Platform.Standalone.Assist.Files;

/// <summary>A command of the host's shell, for a program's system().</summary>
internal static class HostCommand
{
    private const string Shell = "/bin/sh";

    /// <summary>Whether there is a shell.</summary>
    public static bool HasShell => File.Exists(Shell);

    /// <summary>Runs a command in the program's folder until it ends. It has the program's output and the host's input.</summary>
    /// <returns>Its exit code.</returns>
    public static int Run(string command, HostFiles files)
    {
        if (!HasShell)
            throw new PlatformNotSupportedException();
        var start = new ProcessStartInfo(Shell)
        {
            WorkingDirectory = files.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(command);
        using Process process = Process.Start(start)!;
        var errors = new MemoryStream();
        Task copied = process.StandardError.BaseStream.CopyToAsync(errors);
        Span<byte> part = stackalloc byte[4096];
        while (process.StandardOutput.BaseStream.Read(part) is var count and > 0)
            files.Output.Write(part[..count]);
        copied.Wait();
        process.WaitForExit();
        files.Error.Write(errors.ToArray());
        files.FlushAll();
        return process.ExitCode;
    }
}
