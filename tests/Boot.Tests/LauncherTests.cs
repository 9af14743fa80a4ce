using System.Diagnostics;
using System.Runtime.Versioning;

using Xunit;

namespace Boot.Tests;

/// <summary>
/// The script <c>ps3</c>, in a separate checkout with a <c>dotnet</c> that records its arguments: what is built, where, and what is run.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class LauncherTests : IDisposable
{
    private const string Dotnet = """
        #!/bin/sh
        # Builds by making the file, runs by saying what.
        case $1 in
            restore) [ -z "${NO_NETWORK:-}" ] ;;
            publish) while [ "$1" != -o ]; do shift; done; mkdir -p "$2"; : > "$2/ps3.dll"; echo "built $2" >&2 ;;
            *) echo "run $* heap ${DOTNET_GCRegionRange:-whole}" ;;
        esac
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-launcher-").FullName;
    private readonly string _checkout;

    public LauncherTests()
    {
        Skip.If(OperatingSystem.IsWindows(), "the script is for a Unix shell");
        _checkout = Path.Combine(_folder, "check out");
        Directory.CreateDirectory(_checkout);
        Directory.CreateDirectory(Path.Combine(_folder, "bin"));
        File.Copy(Path.Combine(Guests.RepositoryRoot(), "ps3"), Path.Combine(_checkout, "ps3"));
        string dotnet = Path.Combine(_folder, "bin", "dotnet");
        File.WriteAllText(dotnet, Dotnet);
        File.SetUnixFileMode(dotnet, File.GetUnixFileMode(Path.Combine(_checkout, "ps3")) | UnixFileMode.UserExecute);
    }

    private string Built => Path.Combine(_checkout, "artifacts", "ps3");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public void It_builds_once_and_runs()
    {
        ProgramResult first = Run("'check out/ps3' boot 'a b'");
        ProgramResult second = Run("'check out/ps3' boot 'a b'");

        Assert.Contains($"built {Built}", first.Messages, StringComparison.Ordinal);
        Assert.Equal((0, "", first.Output), (second.ExitCode, second.Messages, second.Output));
        Assert.StartsWith($"run {Built}/ps3.dll boot a b", second.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void It_builds_again_when_a_source_is_newer()
    {
        Run("'check out/ps3'");
        File.WriteAllText(Path.Combine(_checkout, "New.cs"), "");
        File.SetLastWriteTimeUtc(Path.Combine(_checkout, "New.cs"), DateTime.UtcNow.AddMinutes(1));

        Assert.Contains("built ", Run("'check out/ps3'").Messages, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("ln -s 'check out/ps3' link; ./link boot")]
    [InlineData("ln -s \"$PWD/check out/ps3\" bin/link; link boot")]
    [InlineData("ln -s 'check out/ps3' one; ln -s ../one bin/two; bin/two boot")]
    [InlineData("ln -s 'check out' folder; folder/ps3 boot")]
    public void A_symbolic_link_is_as_good_as_the_script(string line)
    {
        ProgramResult run = Run(line);

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith($"run {Built}/ps3.dll boot", run.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_checkout_that_cannot_be_written_is_built_in_the_cache()
    {
        // A file in place of the folder blocks every user, including the superuser.
        File.WriteAllText(Path.Combine(_checkout, "artifacts"), "");

        ProgramResult first = Run("XDG_CACHE_HOME=$PWD/cache 'check out/ps3' boot");
        ProgramResult second = Run("XDG_CACHE_HOME=$PWD/cache 'check out/ps3' boot");

        Assert.StartsWith($"run {_folder}/cache/ps3/", first.Output, StringComparison.Ordinal);
        Assert.Contains("cannot be written; the build goes to", first.Messages, StringComparison.Ordinal);
        Assert.Equal((0, "", first.Output), (second.ExitCode, second.Messages, second.Output));
    }

    [SkippableFact]
    public void A_checkout_that_is_built_and_cannot_be_written_is_run_as_it_is()
    {
        Run("'check out/ps3'");

        ProgramResult run = Run("PS3_BUILD=never XDG_CACHE_HOME=/nowhere 'check out/ps3' boot");

        Assert.StartsWith($"run {Built}/ps3.dll boot", run.Output, StringComparison.Ordinal);
        Assert.Empty(run.Messages);
    }

    [SkippableFact]
    public void Without_a_network_it_is_built_all_the_same()
    {
        ProgramResult run = Run("NO_NETWORK=1 'check out/ps3' boot");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("no network to fetch it", run.Messages, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_limit_of_address_space_is_understood_or_refused_with_what_is_needed()
    {
        ProgramResult tight = Run("ulimit -v 1000000; 'check out/ps3' boot");
        ProgramResult enough = Run("ulimit -v 4000000; 'check out/ps3' boot");
        ProgramResult unlimited = Run("'check out/ps3' boot");

        Assert.Equal((2, ""), (tight.ExitCode, tight.Output));
        Assert.Contains("ulimit -v 3500000", tight.Messages, StringComparison.Ordinal);
        Assert.Contains("heap 0x40000000", enough.Output, StringComparison.Ordinal);
        Assert.Contains("heap whole", unlimited.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Streams_that_are_closed_are_nowhere()
    {
        ProgramResult run = Run("'check out/ps3' boot >&- 2>&- <&-; echo $?; find 'check out' bin -type f -size +40k");

        Assert.Equal("0\n", run.Output);
    }

    private ProgramResult Run(string line)
    {
        var start = new ProcessStartInfo(
            "bash")
        { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder };
        start.Environment["PATH"] = $"{Path.Combine(_folder, "bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment.Remove("DOTNET_GCRegionRange");
        start.Environment.Remove("PS3_BUILD");
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(line);
        return new RunningProgram(
            Process.Start(start) ?? throw new InvalidOperationException("bash did not start"), TimeSpan.FromMinutes(1)).Wait();
    }
}
