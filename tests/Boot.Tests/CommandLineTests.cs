using System.Globalization;
using System.Text.RegularExpressions;

using Xunit;

namespace Boot.Tests;

/// <summary>The command line as a user sees it: help, errors with a way out, exit codes, files.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("boot", "--initrd")]
    [InlineData("profile", "--symbols-user")]
    [InlineData("info", "KERNEL")]
    [InlineData("disasm", "--system-map")]
    public void Help_lists_commands_and_options(string command, string expected)
    {
        ProgramResult run = Ps3Program.Run(command, "--help");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(expected, run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no such file", "boot", "nowhere/vmlinux")]
    [InlineData("not a size", "boot", "--memory", "much")]
    [InlineData("multiple of 16M", "boot", "--memory", "100M")]
    [InlineData("1 or 2", "boot", "--cpus", "3")]
    [InlineData("480p", "boot", "--video", "4k")]
    [InlineData("host or instructions", "boot", "--clock", "sundial")]
    [InlineData("not a time", "boot", "--timeout", "soon")]
    [InlineData("auto or none", "boot", "--fixups", "all")]
    [InlineData("lists the options", "boot", "--no-such-option")]
    [InlineData("speedscope, perfetto or chrome", "profile", "--format", "svg")]
    [InlineData("not a time", "profile", "--interval", "often")]
    [InlineData("there is no folder", "profile", "-o", "nowhere/at/all.json")]
    [InlineData("nowhere.map", "profile", "--symbols", "nowhere.map")]
    [InlineData("lies in no segment", "disasm", "penguin", "0x77000000")]
    [InlineData("no such symbol", "disasm", "penguin", "nothing_of_that_name")]
    [InlineData("--timeuot: no such option; did you mean --timeout?", "boot", "--timeuot", "5s")]
    [InlineData("-timeout: no such option; did you mean --timeout?", "boot", "-timeout", "5s")]
    [InlineData("--cpus abc: not a whole number; give 1 or 2", "boot", "--cpus", "abc")]
    [InlineData("--instructions x: not a whole number", "boot", "--instructions", "x")]
    [InlineData("--timeout: a value is missing behind it; write --timeout TIME", "boot", "--timeout")]
    [InlineData("--append: a value is missing", "boot", "--append", "--stats")]
    [InlineData("--stats: takes no value", "boot", "--stats=yes")]
    [InlineData("--memory 64M: it is given twice", "boot", "--memory", "32M", "--memory", "64M")]
    [InlineData("an option of \"ps3 boot\", not of \"ps3 info\"", "info", "--stats")]
    [InlineData("b: one word too many", "boot", "a", "b")]
    [InlineData("boo: no such command; did you mean \"ps3 boot\"?", "boo")]
    [InlineData("dism: no such command; did you mean \"ps3 spu disasm\"?", "spu", "dism")]
    [InlineData("--timeout: options stand behind a command", "--timeout", "5s")]
    [InlineData("KERNEL is missing", "disasm")]
    [InlineData("is a folder", "boot", "/")]
    [InlineData("is a folder", "boot", "--initrd", "/")]
    [InlineData("is a device", "boot", "/dev/null")]
    [InlineData("name is empty", "boot", "")]
    [InlineData("name is empty", "boot", "--screenshot", "")]
    [InlineData("is a folder", "boot", "--screenshot", "/")]
    [InlineData("there is no folder", "boot", "--spe-timeline", "nowhere/at/all.json")]
    [InlineData("there is no folder", "boot", "--screenshot-every", "1s", "--screenshot", "nowhere/at/all.png")]
    [InlineData("there is no folder", "bench", "spu", "--json", "nowhere/at/all.json")]
    [InlineData("there is no folder", "spu", "trace", "-o", "nowhere/at/all.txt", "hello.elf")]
    [InlineData("standard input is empty", "info", "-")]
    [InlineData("no effect with --cpus 1", "boot", "--host-threads", "2", "--cpus", "1")]
    [InlineData("run in turns", "boot", "--host-threads", "2", "--clock", "instructions")]
    [InlineData("no effect with --spes 0", "boot", "--spes", "0", "--spe-quantum", "2ms")]
    [InlineData("no effect with --spe-policy one-thread-each", "boot", "--spe-policy", "one-thread-each", "--spe-quantum", "2ms")]
    [InlineData("no effect on the interpreter", "boot", "--spu-engine", "interpreter", "--spu-float", "relaxed")]
    [InlineData("no effect with --section", "spu", "disasm", "hello.elf", "main", "--section", ".text")]
    [InlineData("a disk is given as --disk", "boot", "-drive", "file=disk.img")]
    [InlineData("--net user, without id=", "boot", "-netdev", "user,id=n")]
    [InlineData("user does not know id", "boot", "-nic", "user,id=n")]
    [InlineData("--net user,hostfwd=tcp::22: hostfwd=tcp::22: write for instance", "boot", "--net", "user,hostfwd=tcp::22")]
    [InlineData("--net switch: the socket that the machines share is missing", "boot", "--net", "switch")]
    [InlineData("switch,socket=/nowhere/lan: cannot be made", "boot", "--net", "switch,socket=/nowhere/lan")]
    [InlineData("--mac 01:00:00:00:00:00: not the address of one station", "boot", "--mac", "01:00:00:00:00:00")]
    [InlineData("--pcap nowhere/at/all: cannot be written: no such file or folder", "boot", "--pcap", "nowhere/at/all")]
    [InlineData("does not wait for the host", "boot", "--net", "user", "--clock", "instructions")]
    [InlineData("there is no debugger server", "boot", "-s", "-S")]
    [InlineData("--log debug", "boot", "-d", "int")]
    [InlineData("--screenshot FILE", "boot", "-display", "gtk")]
    [InlineData("--cpus 3: a PPE has two", "boot", "-smp", "3")]
    [InlineData("-m 100: give a multiple of 16M", "boot", "-m", "100")]
    public void Unusable_input_is_exit_code_2_and_says_the_way_out(string expected, params string[] arguments)
    {
        ProgramResult run = Ps3Program.Run(arguments);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Messages, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Messages, StringComparison.Ordinal);
        Assert.DoesNotMatch("System\\.[A-Z]", run.Messages);
        Assert.DoesNotContain("Exception", run.Messages, StringComparison.Ordinal);
        Assert.DoesNotContain("internal error", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_of_QEMU_are_translated()
    {
        string penguin = Path.Combine(Guests.RepositoryRoot(), "firmware-stubs", "penguin", "penguin.elf");
        ProgramResult ours = Ps3Program.Run(
            "boot", penguin, "--append", "procs=0", "--memory", "64M", "--cpus", "1", "--clock", "instructions", "--state-hash");

        ProgramResult theirs = Ps3Program.Run(
            "boot", "-kernel", penguin, "-append", "procs=0", "-m", "64", "-smp", "cpus=1,threads=1", "-nographic", "-display", "none",
            "-serial", "mon:stdio",
            "-monitor", "none", "-no-reboot", "--clock", "instructions", "--state-hash");

        Assert.Equal((0, ours.Output, ours.Messages), (theirs.ExitCode, theirs.Output, theirs.Messages));
    }

    [Theory]
    [InlineData("ps3 spu run prog.elf")]
    [InlineData("ps3 spu run prog.elf", "help")]
    [InlineData("ps3 spu run prog.elf", "--help")]
    [InlineData("--screenshot-every", "help", "boot")]
    [InlineData("--max-instructions", "help", "spu", "run")]
    [InlineData("spu-elf-gcc", "spu")]
    [InlineData("ps3 bench spu", "bench")]
    public void Help_is_printed_for_every_usual_spelling(string expected, params string[] arguments)
    {
        ProgramResult run = Ps3Program.Run(arguments);

        Assert.Equal((0, ""), (run.ExitCode, run.Messages));
        Assert.Contains(expected, run.Output, StringComparison.Ordinal);
        Assert.All(run.Output.Split('\n').Where(static line => !line.StartsWith("  ps3 ", StringComparison.Ordinal)), static line =>
            Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public void A_damaged_kernel_names_file_and_offset()
    {
        string path = Path.Combine(_folder, "broken");
        byte[] elf = File.ReadAllBytes(Path.Combine(Guests.RepositoryRoot(), "firmware-stubs", "penguin", "penguin.elf"));
        File.WriteAllBytes(path, elf[..60]);

        ProgramResult run = Ps3Program.Run("boot", path);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(path, run.Messages, StringComparison.Ordinal);
        Assert.Contains("offset", run.Messages, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void The_time_limit_has_its_own_exit_code()
    {
        ProgramResult run = Ps3Program.Run("boot", "--append", "noshutdown procs=0", "--timeout", "1ms");

        Assert.Equal(124, run.ExitCode);
        Assert.Contains("time limit of 0.001 s reached", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public void A_screenshot_of_the_last_picture_is_written()
    {
        string path = Path.Combine(_folder, "screen.png");

        ProgramResult run = Ps3Program.Run("boot", "--screenshot", path, "--video", "480p");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("PNG"u8.ToArray(), File.ReadAllBytes(path)[1..4]);
    }

    [Theory]
    [InlineData("speedscope", "\"profiles\"")]
    [InlineData("perfetto", "\"traceEvents\"")]
    public void A_profile_is_printed_and_written(string format, string expected)
    {
        string path = Path.Combine(_folder, "profile.json");

        ProgramResult run = Ps3Program.Run(
            "profile", "--clock", "instructions", "--interval", "50us", "--format", format, "-o", path, "--state-hash");
        ProgramResult plain = Ps3Program.Run("boot", "--clock", "instructions", "--state-hash");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(plain.Output, run.Output);
        Assert.StartsWith(plain.Messages, run.Messages, StringComparison.Ordinal);
        Assert.Contains("kernel_main", run.Messages, StringComparison.Ordinal);
        Assert.Contains(expected, File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("interpreter")]
    public void A_breakpoint_ends_the_run_and_says_where(string engine)
    {
        ProgramResult run = Ps3Program.Run("boot", "--break", "kernel_main", "--engine", engine);
        ProgramResult none = Ps3Program.Run("boot", "--break", "no_such_function");
        ProgramResult odd = Ps3Program.Run("boot", "--break", "0x1001");

        Assert.Equal(7, run.ExitCode);
        Assert.Matches(@"stopped: breakpoint at 0x[0-9a-f]+ \(kernel_main\), thread 0", run.Messages);
        Assert.Equal((2, 2), (none.ExitCode, odd.ExitCode));
        Assert.Contains("no_such_function: no such symbol", none.Messages, StringComparison.Ordinal);
        Assert.Contains("multiples of 4", odd.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public void Statistics_report_engine_start_and_memory()
    {
        ProgramResult run = Ps3Program.Run("boot", "--stats");

        Assert.Contains("million a second", run.Messages, StringComparison.Ordinal);
        Assert.Contains("% interpreted", run.Messages, StringComparison.Ordinal);
        Assert.Contains("first instruction ", run.Messages, StringComparison.Ordinal);
        Match memory = Regex.Match(run.Messages,
            "([0-9]+) MB resident: ([0-9]+) MB of the guest's ([0-9]+) MB, ([0-9]+) MB of video memory, ([0-9]+) MB of local stores");
        Assert.True(memory.Success, run.Messages);
        int[] megabytes = [.. memory.Groups.Values.Skip(1).Select(static group => int.Parse(group.Value, CultureInfo.InvariantCulture))];
        // The picture is 720p: 3.5 MB, outside the partition's memory.
        Assert.InRange(megabytes[1], 1, 255);
        Assert.Equal(256, megabytes[2]);
        Assert.InRange(megabytes[3], 3, 252);
        Assert.True(megabytes[0] > megabytes[1] + megabytes[3] + megabytes[4], run.Messages);
    }

    [Fact]
    public void The_built_in_guest_can_be_inspected_and_disassembled()
    {
        ProgramResult info = Ps3Program.Run("info");
        ProgramResult disassembly = Ps3Program.Run("disasm", "penguin", "kernel_main", "-n", "4");

        Assert.Contains("ELF64", info.Output, StringComparison.Ordinal);
        Assert.Contains("mfspr", disassembly.Output, StringComparison.Ordinal);
    }
}
