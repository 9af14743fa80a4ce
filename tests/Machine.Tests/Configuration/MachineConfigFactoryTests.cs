using System.Text;

using Ps3Platform.Machine;
using Ps3Platform.Machine.Configuration;

using SpuRuntime.Engine;
using SpuRuntime.Scheduling;

using Xunit;

namespace Machine.Tests.Configuration;

/// <summary>A program that uses the library gets the same machine as the command line with the same options.</summary>
public sealed class MachineConfigFactoryTests
{
    [Fact]
    public void Defaults_are_those_of_a_machine_built_by_hand()
    {
        MachineConfig made = MachineConfigFactory.Create(new MachineOptions { Kernel = Penguin.Elf() }, new HostOptionFiles());
        var plain = new MachineConfig { Kernel = made.Kernel };

        // SPE scheduling depends on the host; the comparison covers all other properties.
        Assert.Equal(plain with { SpeScheduling = made.SpeScheduling, Loggers = made.Loggers, Devices = made.Devices }, made);
    }

    [Fact]
    public void A_file_and_a_machine_built_by_hand_run_the_same()
    {
        MachineOptions options = OptionSamples.Read(
            """{ "append": "procs=0", "clock": "instructions", "memory": "64M", "cpus": 1, "engine": "interpreter", "spes": 2 }""");

        string file = Run(MachineConfigFactory.Create(options with { Kernel = Penguin.Elf() }, new HostOptionFiles()));
        string byHand = Run(Penguin.Config(new StringBuilder()) with
        {
            CommandLine = "procs=0",
            Clock = ClockMode.Instructions,
            MemorySize = 64UL << 20,
            Threads = 1,
            Engine = CellPpe.Ppe.Engines.PpuEngine.Interpreter,
            SpuEngine = SpuEngine.Interpreter,
            Spes = 2,
            SpeScheduling = new SpeSchedulerOptions { Policy = SpePolicy.RoundRobin },
        });

        Assert.Equal(byHand, file);
    }

    [Theory]
    [InlineData("spe-quantum", """{ "spes": 0, "spe-quantum": "2ms" }""")]
    [InlineData("spu-float", """{ "spes": 0, "spu-float": "exact" }""")]
    [InlineData("host-threads", """{ "host-threads": 2, "cpus": 1 }""")]
    [InlineData("host-threads", """{ "host-threads": 2, "clock": "instructions" }""")]
    [InlineData("spe-policy", """{ "spe-policy": "time-sliced", "clock": "instructions" }""")]
    [InlineData("spe-policy", """{ "spe-policy": "round-robin", "host-threads": 2 }""")]
    [InlineData("spe-quantum", """{ "spe-quantum": "2ms", "clock": "instructions" }""")]
    [InlineData("spe-quantum", """{ "spe-quantum": "2ms", "spe-policy": "one-thread-each" }""")]
    [InlineData("spe-threads", """{ "spe-threads": 2, "spe-policy": "one-thread-each" }""")]
    [InlineData("spu-float", """{ "spu-float": "relaxed", "spu-engine": "interpreter" }""")]
    [InlineData("spu-float", """{ "spu-float": "relaxed", "engine": "interpreter" }""")]
    [InlineData("net", """{ "net": "user", "clock": "instructions" }""")]
    [InlineData("audio", """{ "audio": "host", "clock": "instructions" }""")]
    [InlineData("audio", """{ "audio": "pipe:" }""")]
    [InlineData("mac", """{ "name": "alpha", "mac": "02:00:00:00:00:01" }""")]
    public void Options_without_effect_are_refused_before_a_file_is_opened(string field, string json)
    {
        MachineOptions options = OptionSamples.Read(json) with { Kernel = "/nowhere" };

        Assert.Equal(field, OptionRules.Problems(options).First().Field);
        ConfigurationException error = Assert.Throws<ConfigurationException>(
            () => MachineConfigFactory.Create(options, new HostOptionFiles()));
        Assert.StartsWith($"--{field} ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "spe-quantum": "20000i", "clock": "instructions" }""", SpePolicy.RoundRobin)]
    [InlineData("""{ "spe-quantum": "2ms" }""", SpePolicy.TimeSliced)]
    [InlineData("""{ "spe-threads": 3 }""", SpePolicy.TimeSliced)]
    [InlineData("""{ "spe-policy": "one-thread-each" }""", SpePolicy.OneThreadEach)]
    public void Scheduling_follows_what_is_given(string json, SpePolicy expected)
    {
        MachineOptions options = OptionSamples.Read(json);

        Assert.Empty(OptionRules.Problems(options));
        Assert.Equal(
            expected, MachineConfigFactory.Create(options with { Kernel = Penguin.Elf() }, new HostOptionFiles()).SpeScheduling.Policy);
    }

    [Theory]
    [InlineData("{}", 0x0200_5053_3301ul)]
    [InlineData("""{ "mac": "2-0-0-0-0-AB" }""", 0x0200_0000_00abul)]
    [InlineData("""{ "name": "alpha" }""", null)]
    public void The_ethernet_address_is_given_or_follows_from_the_name(string json, ulong? address)
    {
        MachineConfig made = MachineConfigFactory.Create(OptionSamples.Read(json) with { Kernel = Penguin.Elf() }, new HostOptionFiles());

        Assert.Equal(address ?? Ps3Platform.Devices.Gelic.GelicConfig.MacAddressOf("alpha"), made.Gelic.MacAddress);
        Assert.Null(made.Gelic.Vlans);
    }

    [Fact]
    public void Values_that_a_program_sets_are_checked_like_a_users()
    {
        var wrong = new MachineOptions
        {
            MemorySize = 100_000_001,
            Threads = -1,
            Spes = 9,
            Video = new("4k", 3840, 2160, 0, 0),
            Timeout = TimeSpan.FromSeconds(-1),
            SpeThreads = 0,
            Clock = (ClockMode)7,
            CommandLine = "a\0b",
        };

        string[] fields = [.. OptionRules.Problems(wrong).Select(static problem => problem.Field)];

        string[] expected = ["memory", "cpus", "spes", "video", "timeout", "spe-threads", "clock", "append"];
        Assert.Equal(expected.Order(), fields.Order());
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_named_with_its_option()
    {
        var options = new MachineOptions { Kernel = Penguin.Elf(), Initrd = "/nowhere/i.gz" };

        string message = Assert.Throws<ConfigurationException>(() => MachineConfigFactory.Create(options, new HostOptionFiles())).Message;
        Assert.Contains("initrd /nowhere/i.gz", message, StringComparison.Ordinal);
        Assert.Throws<ConfigurationException>(static () => MachineConfigFactory.Create(new MachineOptions(), new HostOptionFiles()));
    }

    private static string Run(MachineConfig config)
    {
        using Ps3Machine machine = MachineBuilder.Build(config);
        Assert.Equal(RunEnd.PowerOff, machine.Run(new RunLimits()).End);
        return MachineStateHash.Of(machine);
    }
}
