using Ps3Platform.Devices.Characters;
using Ps3Platform.Host.Characters;

using Xunit;

namespace Host.Tests.Characters;

public sealed class CharacterSpecTests
{
    [Theory]
    [InlineData("stdio", CharacterKind.Stdio, "", 0, "")]
    [InlineData("pty", CharacterKind.Pty, "", 0, "")]
    [InlineData("null", CharacterKind.Null, "", 0, "")]
    [InlineData("tcp:5555", CharacterKind.Tcp, "127.0.0.1", 5555, "")]
    [InlineData("tcp::5555", CharacterKind.Tcp, "127.0.0.1", 5555, "")]
    [InlineData("tcp:0.0.0.0:65535", CharacterKind.Tcp, "0.0.0.0", 65535, "")]
    [InlineData("tcp:localhost:0", CharacterKind.Tcp, "localhost", 0, "")]
    [InlineData("tcp:[::1]:80", CharacterKind.Tcp, "::1", 80, "")]
    [InlineData("unix:/tmp/a:b.sock", CharacterKind.Unix, "", 0, "/tmp/a:b.sock")]
    [InlineData("file:console.txt", CharacterKind.File, "", 0, "console.txt")]
    public void Every_kind_is_read(string text, CharacterKind kind, string host, int port, string path)
    {
        Assert.True(CharacterSpec.TryParse(text, out CharacterSpec? spec, out string? problem), problem);
        Assert.Equal((kind, host, port, path), (spec.Kind, spec.Host, spec.Port, spec.Path));
        // What it prints means the same.
        Assert.True(CharacterSpec.TryParse(spec.ToString(), out CharacterSpec? again, out problem), problem);
        Assert.Equal(spec, again);
    }

    [Theory]
    [InlineData("", "no such kind; give stdio")]
    [InlineData("udp:5555", "no such kind; did you mean tcp? Give stdio")]
    [InlineData("stdio:", "stdio takes nothing behind it")]
    [InlineData("pty:/dev/pts/3", "pty takes nothing behind it")]
    [InlineData("tcp", "a port is missing")]
    [InlineData("tcp:", "a port is missing")]
    [InlineData("tcp:localhost", "localhost is not a port")]
    [InlineData("tcp:localhost:", "a port is missing")]
    [InlineData("tcp:-1", "-1 is not a port")]
    [InlineData("tcp:65536", "port 65536 is out of range; give 1 to 65535, or 0")]
    [InlineData("tcp:99999999999999999999", "port 99999999999999999999 is out of range")]
    [InlineData("tcp:::1:5555", "in brackets")]
    [InlineData("tcp::5555,server,nowait", "takes no list of flags")]
    [InlineData("unix", "a path is missing; write for instance unix:console.sock")]
    [InlineData("file:", "a path is missing; write for instance file:console.txt")]
    public void What_is_wrong_is_said(string text, string expected)
    {
        Assert.False(CharacterSpec.TryParse(text, out _, out string? problem, static (word, _) => word == "udp" ? "tcp" : null));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_path_of_a_socket_is_short()
    {
        Assert.True(CharacterSpec.TryParse("unix:" + new string('a', 107), out _, out _));
        Assert.False(CharacterSpec.TryParse("unix:" + new string('a', 108), out _, out string? problem));
        Assert.Contains("107 bytes", problem, StringComparison.Ordinal);
    }
}
