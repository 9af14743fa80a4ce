using System.Globalization;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

using Ps3Platform.Devices.Gelic;

using Xunit;

namespace Boot.Tests.Linux;

/// <summary>
/// Linux on the network, as a user runs it. The guest sends its report to a port of the host, because its console is the screen.
/// <c>PS3_NET_MEGABYTES</c> sets how much the guest serves (50 in the long run, 4 without it), <c>PS3_NET_RESTARTS</c> how often the
/// interface goes down and up (200 in the long run, 10 without it).
/// </summary>
public sealed class NetworkTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private static readonly int Megabytes = Setting("PS3_NET_MEGABYTES", 4);
    private static readonly int Restarts = Setting("PS3_NET_RESTARTS", 10);
    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-boot-net-").FullName;
    private readonly CancellationTokenSource _end = new(Patience);

    private const string Dhcp = """
        cat > /udhcpc.sh <<'X'
        #!/bin/sh
        [ "$1" = bound ] && ifconfig $interface $ip netmask $subnet && route add default gw $router
        exit 0
        X
        chmod 755 /udhcpc.sh
        ifconfig eth0 up
        udhcpc -i eth0 -s /udhcpc.sh -n -q > /tmp/dhcp 2>&1

        """;

    public void Dispose()
    {
        _end.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>DHCP, a download from the host, link settings, a report to the host, and an upload through a forwarded port.</summary>
    [SkippableTheory]
    [InlineData("vmlinux-6.1-full.xz")]
    [InlineData("vmlinux-6.12-full.xz")]
    public async Task A_guest_fetches_from_the_host_and_the_host_from_the_guest(string kernel)
    {
        string image = Guests.Path(kernel);
        NeedSlirp();
        byte[] file = RandomNumberGenerator.GetBytes(2 << 20);
        using TcpListener web = Listen();
        using TcpListener report = Listen();
        int forwarded = FreePort();
        string script = $$"""
            {{Dhcp}}
            {
              cat /tmp/dhcp; ifconfig eth0; cd /sys/class/net/eth0; echo "link $(cat carrier) $(cat speed) $(cat duplex)"
              wget -q -O - http://10.0.2.2:{{PortOf(web)}}/file | sha256sum
              dmesg | grep gelic
            } > /tmp/report 2>&1
            dd if=/dev/urandom of=/tmp/big bs=1M count={{Megabytes}} 2>/dev/null
            sha256sum /tmp/big >> /tmp/report
            httpd -h /tmp -p 80
            nc 10.0.2.2 {{PortOf(report)}} < /tmp/report
            n=0; while [ $n -lt 60 -a ! -f /tmp/done ]; do
              sleep 1; n=$((n+1)); cat /proc/net/tcp /proc/net/tcp6 | grep -q ':0050 .* 06 ' && touch /tmp/done
            done
            sleep 2
            """;
        Task serving = Serve(web, file);

        RunningProgram run = Ps3Program.Start(
            "boot", image, "--initrd", new GuestScript(_folder).Write(script), "--append", "loglevel=1", "--timeout", "4m",
            "--name", "net-test", "--net", $"user,hostfwd=tcp:127.0.0.1:{forwarded}-:80", "--pcap", Path.Combine(_folder, "net.pcapng"));
        string said = await Read(report);
        using var client = new HttpClient();
        byte[] served = await client.GetByteArrayAsync(new Uri($"http://127.0.0.1:{forwarded}/big"), _end.Token);
        ProgramResult result = run.Wait();

        Assert.Equal(0, result.ExitCode);
        await serving;
        Assert.Contains("lease of 10.0.2.15 obtained", said, StringComparison.Ordinal);
        Assert.Contains("link 1 1000 full", said, StringComparison.Ordinal);
        Assert.Contains("internal vlan disabled", said, StringComparison.Ordinal);
        Assert.Contains(Sum(file), said, StringComparison.Ordinal);
        Assert.Equal(Megabytes << 20, served.Length);
        Assert.Contains(Sum(served), said, StringComparison.Ordinal);
        Assert.Contains(MacOf("net-test"), said, StringComparison.OrdinalIgnoreCase);
        Assert.True(new FileInfo(Path.Combine(_folder, "net.pcapng")).Length > file.Length + served.Length);
    }

    [SkippableFact]
    public async Task A_console_with_vlans_has_a_wireless_lan_and_its_ethernet_works()
    {
        string image = Guests.Path("vmlinux-6.1-ps3.xz");
        NeedSlirp();
        using TcpListener report = Listen();
        string script = $$"""
            {{Dhcp}}
            ifconfig wlan0 up; sleep 2
            { dmesg | grep gelic; cat /proc/net/wireless; ls /sys/class/net; } > /tmp/report
            nc 10.0.2.2 {{PortOf(report)}} < /tmp/report
            """;

        RunningProgram run = Ps3Program.Start(
            "boot", image, "--initrd", new GuestScript(_folder).Write(script), "--append", "loglevel=1", "--timeout", "4m",
            "--gelic", "vlan",
            "--net", "user");
        string said = await Read(report);

        Assert.Equal(0, run.Wait().ExitCode);
        Assert.Contains("internal vlan enabled", said, StringComparison.Ordinal);
        // The interface's own line of /proc/net/wireless.
        Assert.Contains("wlan0: 0000", said, StringComparison.Ordinal);
        Assert.DoesNotContain("cmd issue failed", said, StringComparison.Ordinal);
    }

    /// <summary>
    /// The interface goes down and up, and works each time. Not under a flood: Linux's driver loses its receive interrupt for good when a
    /// frame comes in the wrong microsecond of gelic_card_down (devices.md 3.6). Devices.Tests does it under a flood.
    /// </summary>
    [SkippableFact]
    public async Task The_interface_goes_down_and_up_and_works_each_time()
    {
        string image = Guests.Path("vmlinux-6.1-full.xz");
        NeedSlirp();
        using TcpListener report = Listen();
        string script = $$"""
            ifconfig eth0 10.0.2.15 netmask 255.255.255.0 up
            n=0; ok=0; while [ $n -lt {{Restarts}} ]; do
              ifconfig eth0 down; ifconfig eth0 up; n=$((n+1)); ping -c 1 -W 5 10.0.2.2 > /dev/null && ok=$((ok+1))
            done
            { echo "worked $ok of $n"; dmesg | grep -i 'timed out'; } > /tmp/report 2>&1
            nc 10.0.2.2 {{PortOf(report)}} < /tmp/report
            """;

        RunningProgram run = Ps3Program.Start(
            "boot", image, "--initrd", new GuestScript(_folder).Write(script), "--append", "loglevel=1", "--timeout", "4m", "--net",
            "user");
        string said = await Read(report);

        Assert.Equal($"worked {Restarts} of {Restarts}", said.Trim());
        Assert.Equal(0, run.Wait().ExitCode);
    }

    /// <summary>Two machines in two processes. The second one's capture shows the answers to its pings, and the first one's data.</summary>
    [SkippableFact]
    public void Two_machines_on_a_switch_ping_each_other_and_exchange_data()
    {
        string image = Guests.Path("vmlinux-6.1-full.xz");
        string socket = Path.Combine(_folder, "lan");
        string capture = Path.Combine(_folder, "second.pcapng");
        // Data is a text that repeats, so that the capture shows that it has come.
        string first = $$"""
            ifconfig eth0 192.168.7.1 up
            yes 0123456789abcdef | head -c {{Megabytes << 20}} > /tmp/data
            cat /tmp/data | nc -l -p 5000 > /dev/null
            sleep 100
            """;
        string second = $$"""
            ifconfig eth0 192.168.7.2 up
            n=0; until ping -c 1 -W 1 192.168.7.1 > /dev/null; do n=$((n+1)); [ $n -gt 90 ] && break; done
            ping -c 5 192.168.7.1
            n=0; until nc 192.168.7.1 5000 < /dev/null > /tmp/data; do n=$((n+1)); [ $n -gt 60 ] && break; sleep 1; done
            [ $(wc -c < /tmp/data) = {{Megabytes << 20}} ] && [ $(sort -u /tmp/data | wc -l) -le 2 ] && ping -c 3 -s 999 192.168.7.1
            """;
        RunningProgram one = Start(first, "one", "--net", $"switch,socket={socket}");
        RunningProgram two = Start(second, "two", "--net", $"switch,socket={socket}", "--pcap", capture);

        Assert.Equal(0, two.Wait().ExitCode);
        // It stays for the other one's last pings.
        one.Kill();
        one.Wait();
        byte[] captured = File.ReadAllBytes(capture);
        Assert.True(captured.Length > Megabytes << 20);
        // ICMP echo replies of 999 bytes: the second guest sends these pings only when all data has come.
        Assert.True(EchoReplies(captured, 999) >= 3);
        Assert.True(EchoReplies(captured, 56) >= 5);

        RunningProgram Start(string script, string name, params string[] network) => Ps3Program.Start(
        [
            "boot", image, "--initrd", new GuestScript(_folder).Write(script), "--append", "loglevel=1", "--timeout", "4m", "--name", name,
            .. network,
        ]);
    }

    // Replies to the station whose capture this is: IPv4 behind a 14-byte header, ICMP type 0.
    private static int EchoReplies(ReadOnlySpan<byte> capture, int size)
    {
        int found = 0;
        ReadOnlySpan<byte> addresses = [192, 168, 7, 1, 192, 168, 7, 2, 0, 0];
        for (int at; (at = capture.IndexOf(addresses)) >= 0; capture = capture[(at + addresses.Length)..])
        {
            int length = at >= 12 ? (capture[at - 10] << 8) | capture[at - 9] : 0;
            if (length == 20 + 8 + size)
                found++;
        }

        return found;
    }

    private async Task Serve(TcpListener listener, byte[] file)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync(_end.Token);
        NetworkStream stream = client.GetStream();
        var request = new byte[4096];
        _ = await stream.ReadAsync(request, _end.Token);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.0 200 OK\r\nContent-Length: {file.Length}\r\n\r\n"), _end.Token);
        await stream.WriteAsync(file, _end.Token);
    }

    private async Task<string> Read(TcpListener listener)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync(_end.Token);
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadToEndAsync(_end.Token);
    }

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    private static int FreePort()
    {
        using TcpListener listener = Listen();
        return PortOf(listener);
    }

    private static string Sum(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static string MacOf(string name)
    {
        string digits = GelicConfig.MacAddressOf(name).ToString("x12", CultureInfo.InvariantCulture);
        return string.Join(':', Enumerable.Range(0, 6).Select(part => digits.Substring(2 * part, 2)));
    }

    private static void NeedSlirp()
    {
        Skip.IfNot(NativeLibrary.TryLoad("libslirp.so.0", out nint library), "libslirp is not installed (apt-get install libslirp0)");
        NativeLibrary.Free(library);
    }

    private static int Setting(string name, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : usual;
}
