using System.Globalization;
using System.Security.Cryptography;
using Boot.Tests.Linux;
using Boot.Tests.Monitors;
using Xunit;

namespace Boot.Tests.Usb;

/// <summary>USB under real Linux; skipped where its prebuilt kernels are missing.</summary>
public sealed class UsbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-usb-").FullName;

    private string MonitorSocket => Path.Combine(_folder, "monitor.sock");

    private string SerialSocket => Path.Combine(_folder, "serial.sock");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableTheory]
    [InlineData("6.1")]
    [InlineData("6.12")]
    public void Keys_are_typed_lights_come_back_and_pointers_move(string version)
    {
        // The adapter tells how far the script is.
        RunningProgram run = Start(
            version,
            """
            until [ -e /dev/ttyUSB0 ] && [ -e /dev/input/js0 ] && grep -q "USB Mouse" /proc/bus/input/devices; do sleep 1; done
            exec 3<>/dev/ttyUSB0
            grep -h "^N: Name=" /proc/bus/input/devices >&3
            echo READY >&3
            read -r line </dev/tty1; echo "TYPED $line." >&3
            for name in Mouse Tablet Gamepad; do
              event=$(grep -A4 "USB $name" /proc/bus/input/devices | grep -o "event[0-9]*")
              (dd if=/dev/input/$event bs=24 count=3 2>/dev/null | hexdump -v -e '24/1 "%02x" "\n"' | cut -c33- | tr '\n' ' ' >/tmp/$name) &
              eval "pid$name=$!"
            done
            sleep 1; echo POINT >&3
            wait $pidMouse $pidTablet
            echo "MOUSE $(cat /tmp/Mouse)" >&3; echo "TABLET $(cat /tmp/Tablet)" >&3
            echo "NODES $(ls /dev/input | tr '\n' ' ')." >&3
            read -r end <&3
            """,
            "--usb", "mouse", "--usb", "gamepad", "--append", "console=tty0");
        using var serial = new SerialClient(SerialSocket);
        using MonitorClient monitor = MonitorClient.ToLines(MonitorSocket);

        string names = serial.WaitFor("READY");
        foreach (string name in (string[])["USB Keyboard", "USB Mouse", "USB Tablet", "USB Gamepad"])
            Assert.Contains(name, names, StringComparison.Ordinal);
        foreach (string key in (string[])["h", "shift-e", "l", "l", "o", "ret"])
            Assert.Equal("", monitor.Say($"sendkey {key} 20"));
        serial.WaitFor("TYPED ");
        // Linux repeats a key by its own timer, which may run late on a busy host.
        Assert.Matches("^h+E+l{2,}o+[.]$", serial.WaitFor("."));

        serial.WaitFor("POINT");
        Assert.Equal("", monitor.Say("mouse_move 5 -3"));
        Assert.Equal("", monitor.Say("mouse_to 4660 22136"));
        // Relative x 5, y -3; absolute x 0x1234, y 0x5678; each with its end.
        serial.WaitFor("MOUSE 0002000000000005 00020001fffffffd 0000000000000000");
        serial.WaitFor("TABLET 0003000000001234 0003000100005678 0000000000000000");
        Assert.Contains("js0", serial.WaitFor("."), StringComparison.Ordinal);
        serial.Send("go");
        ProgramResult end = run.Wait();
        Assert.Equal(0, end.ExitCode);
        NothingWentWrong(end);
    }

    [SkippableFact]
    public void A_shell_on_the_serial_adapter_and_the_kernels_console()
    {
        RunningProgram run = Start(
            "6.1",
            """
            until [ -e /dev/ttyUSB0 ]; do sleep 1; done
            setsid sh -c 'exec sh -i </dev/ttyUSB0 >/dev/ttyUSB0 2>&1'
            """,
            "--append", "console=tty0 console=ttyUSB0");
        using var serial = new SerialClient(SerialSocket);

        // The kernel's own lines, from the time when it has found the adapter. The shell may begin before it has found the keyboard.
        if (!serial.WaitFor("# ").Contains("hid-generic", StringComparison.Ordinal))
            serial.WaitFor("hid-generic");
        serial.Send("uname -s -r -m");
        Assert.Contains("Linux 6.1", serial.WaitFor("ppc64"), StringComparison.Ordinal);
        serial.Send("i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done | md5sum");
        // All 2000 lines pass the line itself, too.
        serial.WaitFor("  -");
        serial.Send("i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done; echo OVER");
        string[] lines = serial.WaitFor("line 1999").Split('\n', StringSplitOptions.TrimEntries);
        Assert.Equal(
            Enumerable.Range(0, 2000).Select(static number => $"line {number}"),
            lines.Where(static line => line.StartsWith("line ", StringComparison.Ordinal)));
        serial.Send("exit");
        Assert.Equal(0, run.Wait().ExitCode);
    }

    [SkippableTheory]
    [InlineData("6.1", false)]
    [InlineData("6.12", true)]
    public void A_stick_is_formatted_written_and_found_again(string version, bool isSlow)
    {
        string image = Path.Combine(_folder, "stick.img");
        byte[] random = RandomNumberGenerator.GetBytes(4 << 20);
        using (FileStream stick = File.Create(image))
            stick.SetLength(64 << 20);
        string raw = Path.Combine(_folder, "raw.img");
        File.WriteAllBytes(raw, random);
        // Without EHCI it is a device of full speed.
        string append = isSlow ? "console=tty0 initcall_blacklist=.ehci_hcd_init" : "console=tty0";
        RunningProgram run = Start(
            version,
            """
            until [ -b /dev/sda ] && [ -b /dev/sdb ]; do sleep 1; done
            stick=sda raw=sdb
            if [ "$(cat /sys/block/sdb/size)" = 131072 ]; then stick=sdb raw=sda; fi
            say "raw $(sha256sum </dev/$raw)"
            mkfs.vfat /dev/$stick >/dev/null; say "mkfs $?"
            mkdir /m; mount -t vfat /dev/$stick /m; say "mount $?"
            dd if=/dev/urandom of=/m/data bs=64k count=64 2>/dev/null; (cd /m; sha256sum data >sum); umount /m
            echo 3 >/proc/sys/vm/drop_caches
            mount -t vfat /dev/$stick /m; say "again $?"; (cd /m; say "$(sha256sum -c sum)"); umount /m
            dd if=/dev/zero of=/dev/$raw bs=512 count=1 2>/dev/null || say "read-only"
            """,
            "--usb", $"disk={image}", "--usb", $"disk={raw},ro", "--append", append);

        ProgramResult end = run.Wait();
        Assert.Equal(0, end.ExitCode);
        NothingWentWrong(end);
        string sum = Convert.ToHexStringLower(SHA256.HashData(random));
        foreach (string line in (string[])
            [$"SAY raw {sum}", "SAY mkfs 0", "SAY mount 0", "SAY again 0", "SAY data: OK", "SAY read-only"])
            Assert.Contains(line, end.Messages, StringComparison.Ordinal);
        Assert.Equal(!isSlow, end.Messages.Contains("new high-speed USB device", StringComparison.Ordinal));
        Assert.Equal(random, File.ReadAllBytes(raw));
    }

    [SkippableFact]
    public void Devices_come_and_go_without_a_warning()
    {
        string? given = Environment.GetEnvironmentVariable("PS3_USB_PLUGS");
        int rounds = int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out int asked) ? asked : 10;
        string image = Path.Combine(_folder, "stick.img");
        File.WriteAllBytes(image, new byte[1 << 20]);
        RunningProgram run = Start(
            "6.1",
            """
            until [ -e /dev/ttyUSB0 ]; do sleep 1; done
            exec 3<>/dev/ttyUSB0
            echo READY >&3
            read -r end <&3
            say "gone $(dmesg | grep -c 'USB disconnect')"
            """,
            "--append", "console=tty0 log_buf_len=4M");
        using var serial = new SerialClient(SerialSocket);
        using MonitorClient monitor = MonitorClient.ToLines(MonitorSocket);
        serial.WaitFor("READY");
        string[] kinds = ["usb-kbd", "usb-mouse", $"usb-storage,file={image}", "usb-gamepad"];
        long before = 0;
        for (int i = 0; i < rounds; i++)
        {
            if (i == rounds / 5)
                before = Resident(run);
            Assert.Equal("", monitor.Say($"device_add {kinds[i % kinds.Length]},id=x"));
            WaitForAddress(monitor);
            Assert.Equal("", monitor.Say("device_del x"));
            if (i % 5 == 0)
                Thread.Sleep(100);
        }

        long after = Resident(run);
        Assert.DoesNotContain("id=x", monitor.Say("info usb"), StringComparison.Ordinal);
        Thread.Sleep(2000);
        serial.Send("go");
        ProgramResult end = run.Wait();
        Assert.Equal(0, end.ExitCode);
        NothingWentWrong(end);
        Assert.Contains($"SAY gone {rounds}", end.Messages, StringComparison.Ordinal);
        // The garbage collector and the compiler need some room.
        Assert.InRange(after - before, long.MinValue, 64L << 20);
    }

    private static void WaitForAddress(MonitorClient monitor)
    {
        for (int i = 0; i < 600; i++)
        {
            string shown = monitor.Say("info usb");
            int at = shown.IndexOf("id=x,", StringComparison.Ordinal);
            int address = at < 0 ? -1 : shown.IndexOf("address=", at, StringComparison.Ordinal);
            if (address >= 0 && shown[address + "address=".Length] != '0')
            {
                // Its driver comes after the address.
                Thread.Sleep(150);
                return;
            }

            Thread.Sleep(50);
        }

        Assert.Fail("the guest gave the device no address");
    }

    private static long Resident(RunningProgram run)
    {
        string line = File.ReadLines($"/proc/{run.Id}/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
    }

    private static void NothingWentWrong(ProgramResult end)
    {
        foreach (string trouble in (string[])
            [
                "cut here", "BUG", "HC died", "device descriptor read", "not accepting address", "I/O error", "reset high-speed",
                "reset full-speed",
            ])
            Assert.DoesNotContain(trouble, end.Messages, StringComparison.Ordinal);
    }

    private RunningProgram Start(string version, string script, params string[] options) => Ps3Program.Start([
        "boot", Guests.Path($"vmlinux-{version}-full.xz"), "--initrd", new GuestScript(_folder).Write(script), "--log-buffer",
        "--timeout", "20m", "--serial", $"unix:{SerialSocket}", "--monitor", $"unix:{MonitorSocket}", .. options,
    ]);
}
