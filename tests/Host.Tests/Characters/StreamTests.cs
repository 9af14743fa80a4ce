using System.Diagnostics;
using System.IO.Pipes;
using System.Text;

using Ps3Platform.Devices.Characters;
using Ps3Platform.Host.Characters;

using Xunit;

namespace Host.Tests.Characters;

/// <summary>Standard streams, files, pipes and the null back end.</summary>
public sealed class StreamTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-chr-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Pipes_carry_both_ways_and_output_outlives_the_end_of_input()
    {
        using var input = new AnonymousPipeServerStream(PipeDirection.Out);
        using var inputEnd = new AnonymousPipeClientStream(PipeDirection.In, input.ClientSafePipeHandle);
        using var output = new AnonymousPipeServerStream(PipeDirection.Out);
        using var outputEnd = new AnonymousPipeClientStream(PipeDirection.In, output.ClientSafePipeHandle);
        using CharacterBackend backend = CharacterBackends.Open(
            new StreamEndpoint("stdio", inputEnd, output), new CharacterBuffers(1000, 1000), takesInput: true);

        input.Write("typed"u8);
        Eventually.Reads(backend, "typed");
        input.Dispose();
        Eventually.WriteAll(backend, "printed"u8);

        byte[] read = new byte[7];
        outputEnd.ReadExactly(read);
        Assert.Equal("printed"u8.ToArray(), read);
        Assert.True(backend.Drain());
        Assert.Equal(CharacterState.Connected, backend.State);
    }

    [Fact]
    public void A_pipe_without_a_reader_does_not_block()
    {
        using var output = new AnonymousPipeServerStream(PipeDirection.Out);
        using var end = new AnonymousPipeClientStream(PipeDirection.In, output.ClientSafePipeHandle);
        using CharacterBackend backend = CharacterBackends.Open(
            new StreamEndpoint("stdio", null, output), new CharacterBuffers(100_000, 10), takesInput: false);
        byte[] text = Eventually.Pattern(1_000_000);
        Eventually.Fill(backend, text);

        Eventually.Soon(() => backend.Write(text));
        // The end of a run waits for a reader of standard output, but only for a limited time after Ctrl-C.
        using var hurry = new CancellationTokenSource(TimeSpan.FromMilliseconds(1500));
        long started = Stopwatch.GetTimestamp();
        Assert.False(backend.Drain(hurry.Token));
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 1.4, 10);
    }

    [SkippableFact]
    public void A_disk_that_is_full_fails_once()
    {
        Skip.IfNot(File.Exists("/dev/full"), "there is no /dev/full");
        using CharacterBackend backend = Open("file:/dev/full");
        int changes = 0;
        backend.Changed += () => Interlocked.Increment(ref changes);

        backend.Write("lost"u8);

        Eventually.True(() => backend.State == CharacterState.Failed, "the failure");
        Assert.Equal("no space is left on its device", backend.Failure);
        Eventually.True(() => backend.Counts.Dropped == 4, "counted");
        Eventually.Soon(() =>
        {
            for (int i = 0; i < 1000; i++)
                Assert.Equal(4, backend.Write("more"u8));
        });
        Eventually.True(() => backend.Counts.Dropped == 4004, "counted");
        Assert.True(changes <= 2);
        Eventually.Soon(() => backend.Drain());
    }

    [Fact]
    public void A_file_is_emptied_and_grows_as_text_comes()
    {
        string path = Path.Combine(_folder, "console.txt");
        File.WriteAllText(path, "of the last run, and longer");
        using CharacterBackend backend = Open($"file:{path}");

        backend.Write("first\n"u8);
        Eventually.True(() => File.ReadAllText(path) == "first\n", "the text while the run goes on");
        backend.Write("second\n"u8);

        Assert.True(backend.Drain());
        Assert.Equal("first\nsecond\n", File.ReadAllText(path));
        Assert.Equal(0, backend.Read(new byte[10]));
    }

    [Theory]
    [InlineData("", "is a folder; give the name of a file")]
    [InlineData("missing/console.txt", "cannot be written: no such file or folder")]
    public void A_file_that_cannot_be_written_is_named(string name, string expected)
    {
        string path = Path.Combine(_folder, name);
        CharacterException refused = Assert.Throws<CharacterException>(() => Open($"file:{path}"));
        Assert.StartsWith($"file:{path}: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Readers_of_a_named_pipe_come_and_go()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "named pipes are Linux's");
        string path = Path.Combine(_folder, "pipe");
        Process.Start("mkfifo", path).WaitForExit();
        using CharacterBackend backend = Open($"file:{path}");
        backend.Write("nobody yet. "u8);
        Assert.Equal(CharacterState.Waiting, backend.State);

        for (int round = 0; round < 3; round++)
        {
            using (var reader = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0))
            {
                Eventually.True(() => backend.State == CharacterState.Connected, "a reader");
                backend.Write(Encoding.UTF8.GetBytes($"round {round}"));
                byte[] read = new byte[round == 0 ? 19 : 7];
                reader.ReadExactly(read);
                Assert.EndsWith($"round {round}", Encoding.UTF8.GetString(read), StringComparison.Ordinal);
            }

            Eventually.True(() => backend.State == CharacterState.Waiting, "its end");
        }
    }

    [Fact]
    public void The_null_back_end_accepts_everything()
    {
        using CharacterBackend backend = Open("null");
        // Before its thread has connected the peer, a back end keeps a megabyte only.
        Assert.True(SpinWait.SpinUntil(() => backend.State == CharacterState.Connected, Eventually.Patience));
        Eventually.WriteAll(backend, new byte[5_000_000]);
        Assert.True(backend.Drain());
        Assert.Equal((5_000_000, 0), (backend.Counts.Sent, backend.Counts.Dropped));
        Assert.Equal(0, backend.Read(new byte[10]));
    }

    private static CharacterBackend Open(string text)
    {
        Assert.True(CharacterSpec.TryParse(text, out CharacterSpec? spec, out string? problem), problem);
        return CharacterBackends.Open(spec, takesInput: false);
    }
}
