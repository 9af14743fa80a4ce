using Ps3Platform.Devices.Gelic;
using Ps3Platform.Devices.Network;
using Xunit;

namespace Devices.Tests.Network;

public sealed class NetworkSpecTests
{
    [Theory]
    [InlineData("none", "none")]
    [InlineData("user", "user")]
    [InlineData("user,restrict=off", "user")]
    [InlineData("user,hostfwd=tcp:127.0.0.1:2222-:22", "user,hostfwd=tcp:127.0.0.1:2222-:22")]
    [InlineData("user,hostfwd=tcp::2222-:22", "user,hostfwd=tcp:127.0.0.1:2222-:22")]
    [InlineData("user,hostfwd=::2222-:22", "user,hostfwd=tcp:127.0.0.1:2222-:22")]
    [InlineData("user,restrict=on,hostfwd=udp:0.0.0.0:53-10.0.2.15:53,hostfwd=tcp:8080-:80",
        "user,hostfwd=udp:0.0.0.0:53-10.0.2.15:53,hostfwd=tcp:127.0.0.1:8080-:80,restrict=on")]
    [InlineData("switch,socket=/tmp/lan", "switch,socket=/tmp/lan")]
    [InlineData("tap", "tap")]
    [InlineData("tap,ifname=tap0", "tap,ifname=tap0")]
    public void What_a_user_writes_is_understood_and_written_back(string text, string written)
    {
        Assert.True(NetworkSpec.TryParse(text, out NetworkSpec? spec, out string? problem), problem);
        Assert.Equal(written, spec.ToString());
        Assert.True(NetworkSpec.TryParse(written, out NetworkSpec? again, out _));
        Assert.Equal(spec, again);
        Assert.Equal(spec.GetHashCode(), again.GetHashCode());
    }

    [Theory]
    [InlineData("", "no such kind")]
    [InlineData("bridge", "no such kind")]
    [InlineData("user,", "an empty part")]
    [InlineData("user,socket=/tmp/x", "does not know socket")]
    [InlineData("none,restrict=on", "does not know restrict")]
    [InlineData("user,restrict=yes", "give on or off")]
    [InlineData("user,hostfwd=", "write for instance hostfwd=")]
    [InlineData("user,hostfwd=2222-22", "write for instance hostfwd=")]
    [InlineData("user,hostfwd=sctp::1-:2", "write for instance hostfwd=")]
    [InlineData("user,hostfwd=tcp::0-:22", "no port from 1 to 65535")]
    [InlineData("user,hostfwd=tcp::65536-:22", "no port from 1 to 65535")]
    [InlineData("user,hostfwd=tcp::2222-:", "a port is missing")]
    [InlineData("user,hostfwd=tcp:localhost:2222-:22", "localhost is no IPv4 address")]
    [InlineData("user,hostfwd=tcp:1:2222-:22", "1 is no IPv4 address")]
    [InlineData("switch", "the socket that the machines share is missing")]
    [InlineData("switch,socket=", "a path is missing")]
    [InlineData("tap,ifname=", "1 to 15 letters")]
    [InlineData("tap,ifname=a/b", "1 to 15 letters")]
    [InlineData("tap,ifname=fifteen_letters", null)]
    [InlineData("tap,ifname=sixteen_letters_", "1 to 15 letters")]
    public void What_is_wrong_is_said_with_a_way_out(string text, string? said)
    {
        bool isRight = NetworkSpec.TryParse(text, out _, out string? problem);
        Assert.Equal(said is null, isRight);
        if (said is not null)
            Assert.Contains(said, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_path_of_a_socket_is_bounded()
    {
        Assert.True(NetworkSpec.TryParse($"switch,socket={new string('x', 102)}", out _, out _));
        Assert.False(NetworkSpec.TryParse($"switch,socket={new string('x', 103)}", out _, out string? problem));
        Assert.Contains("at most 102 bytes", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_always_gives_the_same_unicast_address()
    {
        ulong first = GelicConfig.MacAddressOf("alpha");
        Assert.Equal(first, GelicConfig.MacAddressOf("alpha"));
        Assert.NotEqual(first, GelicConfig.MacAddressOf("beta"));
        Assert.Equal(0x02ul, first >> 40);
    }
}
