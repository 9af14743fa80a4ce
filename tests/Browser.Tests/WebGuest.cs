using System.Diagnostics;

using Xunit;

namespace Browser.Tests;

/// <summary>The program, whose messages are read while it runs.</summary>
internal sealed class WebGuest : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Process _process;

    public WebGuest(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in (IEnumerable<string>)[Path.Combine(AppContext.BaseDirectory, "ps3.dll"), .. arguments])
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
    }

    public Uri WaitForAddress()
    {
        const string Mark = "web console: http";
        while (_process.StandardError.ReadLine() is { } line)
        {
            int at = line.IndexOf(Mark, StringComparison.Ordinal);
            if (at < 0)
                continue;
            _ = _process.StandardError.ReadToEndAsync();
            return new Uri(line[(at + Mark.Length - "http".Length)..]);
        }

        throw new InvalidOperationException("the program has printed no address");
    }

    public int Wait()
    {
        Assert.True(_process.WaitForExit(Patience));
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
