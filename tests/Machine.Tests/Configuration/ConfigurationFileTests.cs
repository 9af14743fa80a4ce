using System.Text;

using Ps3Platform.Machine.Configuration;

using Xunit;

namespace Machine.Tests.Configuration;

/// <summary>Files of options: their valid contents, and that everything else is an error with line and column.</summary>
public sealed class ConfigurationFileTests
{
    [Fact]
    public void A_file_is_read_with_comments_units_and_trailing_commas()
    {
        MachineOptions options = OptionSamples.Read("""
            {
              // A small console.
              "$schema": "ps3.schema.json",
              "kernel": "vmlinux.xz", /* packed */
              "append": "console=hvc0 quiet",
              "memory": 64,
              "cpus": 1,
              "timeout": 1.5,
              "spe-quantum": "2ms",
              "stats": true,
              "no-reboot": false,
            }
            // the end
            """);

        Assert.Equal("vmlinux.xz", options.Kernel);
        Assert.Equal("console=hvc0 quiet", options.CommandLine);
        Assert.Equal(64UL << 20, options.MemorySize);
        Assert.Equal(1, options.Threads);
        Assert.Equal(TimeSpan.FromSeconds(1.5), options.Timeout);
        Assert.Equal("2000us", options.SpeQuantum.ToString());
        Assert.True(options.Stats);
        Assert.False(options.NoReboot);
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_text() => Assert.Equal(1, OptionSamples.Read("\ufeff{ \"cpus\": 1 }").Threads);

    [Fact]
    public void Paths_begin_at_the_folder_of_the_file()
    {
        MachineOptions options = OptionSamples.Read(
            """{ "kernel": "penguin", "initrd": "i.gz", "dtb": "/x.dtb", "append": "root=a" }""", "/guests/small");

        Assert.Equal(
            ("penguin", "/guests/small/i.gz", "/x.dtb", "root=a"),
            (options.Kernel, options.Initrd, options.DeviceTree, options.CommandLine));
    }

    [Theory]
    [InlineData("disk", "a,,b.img,ro", "/m/a,,b.img,ro")]
    [InlineData("disk", "nbd://host/x", "nbd://host/x")]
    [InlineData("cdrom", "../disc.iso", "/m/../disc.iso")]
    [InlineData("usb", "mouse;disk=stick.img,snapshot;serial=unix:s", "mouse;disk=/m/stick.img,snapshot;serial=unix:/m/s")]
    [InlineData("serial", "unix:s", "unix:/m/s")]
    [InlineData("serial", "tcp:5", "tcp:127.0.0.1:5")]
    [InlineData("console", "file:c.txt", "file:/m/c.txt")]
    [InlineData("monitor", "unix:/run/m", "unix:/run/m")]
    [InlineData("vnc", ":1,password=p", ":1,password=/m/p")]
    [InlineData("net", "switch,socket=lan", "switch,socket=/m/lan")]
    [InlineData("kernel", "-", "-")]
    [InlineData("kernel", "linux", "linux")]
    [InlineData("expect", "login.expect", "/m/login.expect")]
    public void Every_path_of_a_value_begins_there(string name, string written, string meant)
    {
        OptionField field = MachineSchema.Find(name)!;

        MachineOptions options = OptionSamples.Read($"{{ \"{name}\": \"{written}\" }}", "/m");

        Assert.Equal(meant, field.Write(options));
    }

    [Fact]
    public void Options_are_saved_relative_to_their_file()
    {
        string root = Directory.GetCurrentDirectory();
        string folder = Path.Combine(root, "saved");
        MachineOptions options = OptionSamples.Read(
            """
            { "kernel": "guests/vmlinux", "initrd": "/boot/i.gz", "disk": "saved/d.img,ro", "usb": "disk=u.img", "expect": "saved/e" }
            """);

        string saved = ConfigurationWriter.Write(options, folder);

        foreach (string value in (string[])["../guests/vmlinux", "/boot/i.gz", "\"d.img,ro", "disk=../u.img", "\"e\""])
            Assert.Contains(value, saved.Replace('\\', '/'), StringComparison.Ordinal);
        MachineOptions read = OptionSamples.Read(saved, folder);
        Assert.Equal(Path.Combine(root, "guests", "vmlinux"), Path.GetFullPath(read.Kernel!));
    }

    [Theory]
    [InlineData("", "1:1: not JSON")]
    [InlineData("[]", "1:1: the file is not an object")]
    [InlineData("7", "1:1: the file is not an object")]
    [InlineData("{ \"memory\": \"64M\" } x", "1:21: not JSON")]
    [InlineData("{\n  memory: 64\n}", "2:3: not JSON")]
    [InlineData("{\n  \"cpus\": 1", "2:12: not JSON")]
    [InlineData("{\n  \"cpus\": 01\n}", "2:12: not JSON")]
    [InlineData("{\n  \"memroy\": 64\n}", "2:3: memroy: no such option; did you mean memory?")]
    [InlineData("{ \"smp\": 1 }", "1:3: smp: no such option; did you mean cpus?")]
    [InlineData("{ \"--cpus\": 1 }", "1:3: --cpus: no such option; did you mean cpus?")]
    [InlineData("{ \"rsx\": 1 }", "1:3: rsx: no such option; \"ps3 help boot\" lists")]
    [InlineData("{\n\n  \"cpus\": 1,\n  \"cpus\": 2\n}", "4:3: cpus: it is given in line 3 already")]
    [InlineData("{ \"cp\\u0075s\": 1, \"cpus\": 1 }", "1:19: cpus: it is given in line 1 already")]
    [InlineData("{ \"cpus\": 3 }", "1:11: cpus 3: a PPE has two hardware threads; give 1 or 2")]
    [InlineData("{ \"cpus\": \"1\" }", "1:11: cpus: a string is no value for it; give a number (1 or 2)")]
    [InlineData("{ \"cpus\": 1.0 }", "1:11: cpus 1.0: not a whole number")]
    [InlineData("{ \"cpus\": -1 }", "1:11: cpus -1: not a whole number")]
    [InlineData("{ \"instructions\": 1e400 }", "1:19: instructions 1e400: not a whole number")]
    [InlineData("{ \"instructions\": 99999999999999999999999 }", "1:19: instructions 99999999999999999999999: not a whole number")]
    [InlineData("{ \"memory\": 1e9 }", "1:13: memory 1e9: not a size")]
    [InlineData("{ \"memory\": true }", "1:13: memory: a truth value is no value for it; give a number, or SIZE in quotes (32M to 2G")]
    [InlineData("{ \"memory\": \"100M\" }", "1:13: memory 100M: give a multiple of 16M")]
    [InlineData("{ \"memory\": null }", "1:13: memory: null is no value; leave the key out for the default")]
    [InlineData("{ \"memory\": [\"64M\"] }", "1:13: memory: an array is no value for it")]
    [InlineData("{ \"memory\": { \"size\": 1 } }", "1:13: memory: an object is no value for it")]
    [InlineData("{ \"clock\": \"sundial\" }", "1:12: clock sundial: give host or instructions")]
    [InlineData("{ \"clock\": 1 }", "1:12: clock: a number is no value for it; give one of \"host\", \"instructions\"")]
    [InlineData("{ \"timeout\": \"soon\" }", "1:14: timeout soon: not a time")]
    [InlineData("{ \"stats\": \"yes\" }", "1:12: stats: a string is no value for it; give true or false")]
    [InlineData("{ \"kernel\": 5 }", "1:13: kernel: a number is no value for it; give a path in quotes")]
    [InlineData("{ \"kernel\": \"a\\u0000b\" }", "1:13: kernel a\\u0000b: holds a NUL character")]
    [InlineData("{ \"append\": \"\\ud800\" }", "1:13: the string is no valid Unicode")]
    [InlineData("{ \"clock\": \"\\u001b[2J\" }", "1:12: clock \\u001b[2J: give host")]
    [InlineData("{ \"$schema\": 1 }", "1:14: $schema: give a string")]
    [InlineData("{ \"\u00e4\u00e4\": \"\", }", "1:3: \u00e4\u00e4: no such option")]
    [InlineData("{ \"append\": \"\u00e4\u00e4\", \"cpus\": 9 }", "1:27: cpus 9:")]
    public void What_is_wrong_is_named_with_line_and_column(string json, string expected)
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => OptionSamples.Read(json));

        Assert.StartsWith($"machine.json:{expected}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Message, static letter => char.IsControl(letter));
    }

    [Fact]
    public void Depth_length_and_size_have_limits()
    {
        string deep = "{ \"memory\": " + new string('[', 100_000);
        string nested = string.Concat(Enumerable.Repeat("{\"memory\":", 100_000));
        string number = "{ \"instructions\": " + new string('9', 500_000) + " }";
        string key = "{ \"" + new string('k', 500_000) + "\": 1 }";
        string large = "{ }" + new string(' ', ConfigurationFile.MaximumBytes);

        Assert.All((string[])[deep, nested, number, key, large], static json =>
        {
            ConfigurationException error = Assert.Throws<ConfigurationException>(() => OptionSamples.Read(json));
            Assert.InRange(error.Message.Length, 1, 400);
        });
    }

    [Fact]
    public void Damaged_files_are_configuration_errors_or_options()
    {
        byte[] good = Encoding.UTF8.GetBytes(
            "{ // c\n \"kernel\": \"v\u00e4\", \"memory\": \"64M\", \"cpus\": 1, "
            + "\"timeout\": 1.5, /* d */ \"stats\": true, \"log\": \"none\", }");
        var random = new Random(3);
        int rounds = int.TryParse(Environment.GetEnvironmentVariable("PS3_FUZZ_ROUNDS"), out int wanted) ? wanted : 20_000;
        int refused = 0;
        for (int round = 0; round < rounds; round++)
        {
            byte[] bytes = [.. good];
            for (int change = random.Next(1, 4); change > 0 && bytes.Length > 1; change--)
            {
                int at = random.Next(bytes.Length);
                bytes = random.Next(4) switch
                {
                    0 => [.. bytes[..at], .. bytes[(at + 1)..]],
                    1 => [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]],
                    2 => bytes[..Math.Max(1, at)],
                    _ => [.. bytes[..at], (byte)random.Next(256), .. bytes[(at + 1)..]],
                };
            }

            try
            {
                ConfigurationFile.Read(bytes, "machine.json", new SourcedOptions());
            }
            catch (ConfigurationException error)
            {
                refused++;
                Assert.Matches("^machine\\.json:[0-9]+:[0-9]+: ", error.Message);
                Assert.DoesNotContain(error.Message, static letter => char.IsControl(letter));
            }
        }

        Assert.InRange(refused, rounds / 4, rounds);
    }
}
