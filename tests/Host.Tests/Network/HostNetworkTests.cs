using System.Diagnostics;

using Ps3Platform.Devices.Network;
using Ps3Platform.Host.Network;

using Xunit;

namespace Host.Tests.Network;

/// <summary>Captures, TAP interfaces, and <see cref="HostNetwork.Open(NetworkSpec, string?)"/>.</summary>
public sealed class HostNetworkTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-net-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Nothing_is_opened_without_an_option() => Assert.Null(HostNetwork.Open(NetworkSpec.None, null));

    [SkippableFact]
    public void A_capture_of_both_directions_is_read_by_tcpdump()
    {
        string path = Path.Combine(_folder, "net.pcapng");
        var wires = new EthernetSwitch();
        INetworkBackend far = wires.Connect();
        using (HostNetwork network = HostNetwork.Open(wires.Connect(), path))
        {
            Collector heard = network.Listen();
            network.Send(TestFrames.Udp(TestFrames.Broadcast, TestFrames.Alpha, 0x0a00_0001, 0x0a00_0002, 1000, 2000, "odd"u8));
            far.Send(TestFrames.Udp(TestFrames.Broadcast, TestFrames.Beta, 0x0a00_0002, 0x0a00_0001, 2000, 1000, "four"u8));
            Assert.True(heard.WaitFor(1));
        }

        string read = Tcpdump(path);
        Assert.Contains("10.0.0.1.1000 > 10.0.0.2.2000: UDP, length 3", read, StringComparison.Ordinal);
        Assert.Contains("10.0.0.2.2000 > 10.0.0.1.1000: UDP, length 4", read, StringComparison.Ordinal);
        string today = DateTime.UtcNow.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Contains(today, read, StringComparison.Ordinal);
    }

    [Fact]
    public void A_capture_that_cannot_be_written_is_named()
    {
        NetworkException refused = Assert.Throws<NetworkException>(
            () => HostNetwork.Open(NetworkSpec.None, Path.Combine(_folder, "nowhere", "x")));
        Assert.Contains("no such file or folder", refused.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_full_disk_ends_the_capture_and_not_the_network()
    {
        Skip.IfNot(File.Exists("/dev/full"), "/dev/full is not there");
        Assert.Contains(
            "no space", Assert.Throws<NetworkException>(() => HostNetwork.Open(NetworkSpec.None, "/dev/full")).Message,
            StringComparison.OrdinalIgnoreCase);
    }

    [SkippableFact]
    public void Frames_pass_a_tap_interface_both_ways()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "TAP interfaces are Linux's");
        const string Name = "ps3test0";
        TapNetwork tap;
        try
        {
            tap = new TapNetwork(Name);
        }
        catch (NetworkException e)
        {
            Assert.Contains("tap", e.Message, StringComparison.Ordinal);
            Skip.If(true, "a TAP interface cannot be made here: " + e.Message);
            throw;
        }

        using (tap)
        {
            Collector heard = tap.Listen();
            Assert.Equal(Name, tap.Name);
            tap.Send(TestFrames.Make(TestFrames.Broadcast, TestFrames.Alpha));
            // The interface is down: the host refuses the frame, and the back end keeps working.
            Assert.True(SpinWait.SpinUntil(() => tap.Dropped == 1, TimeSpan.FromSeconds(10)));
            Skip.IfNot(TryRun("ip", "link", "set", Name, "up"), "ip is not there");
            // IPv6 announces itself on an interface that comes up.
            Skip.IfNot(heard.WaitFor(1), "the host sends nothing by itself");
            tap.Send(TestFrames.Make(TestFrames.Broadcast, TestFrames.Alpha));
            string counter = $"/sys/class/net/{Name}/statistics/rx_packets";
            Assert.True(SpinWait.SpinUntil(() => File.ReadAllText(counter).Trim() == "1", TimeSpan.FromSeconds(10)));
        }
    }

    private static string Tcpdump(string path)
    {
        var start = new ProcessStartInfo("tcpdump") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])["-nn", "-tttt", "-r", path])
            start.ArgumentList.Add(argument);
        start.Environment["TZ"] = "UTC";
        try
        {
            using Process process = Process.Start(start)!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
            return output;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Skip.If(true, "tcpdump is not installed");
            throw;
        }
    }

    private static bool TryRun(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(program, arguments);
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
