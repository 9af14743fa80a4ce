using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace Loaders.Tests;

/// <summary>Runs a program of the host; a test that needs one that is not installed is skipped by name.</summary>
internal static class Tool
{
    public static byte[] Run(string name, byte[] input, params string[] arguments)
    {
        var start = new ProcessStartInfo(name, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        Process? process = null;
        try
        {
            process = Process.Start(start);
        }
        catch (Win32Exception)
        {
            Skip.If(true, $"the program '{name}' is not installed");
        }

        using (process)
        {
            using var output = new MemoryStream();
            Task reading = process!.StandardOutput.BaseStream.CopyToAsync(output);
            process.StandardInput.BaseStream.Write(input);
            process.StandardInput.Close();
            reading.Wait();
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
            return output.ToArray();
        }
    }
}
