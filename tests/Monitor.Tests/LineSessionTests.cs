using Ps3Platform.Monitor.Commands;
using Ps3Platform.Monitor.Control;
using Ps3Platform.Monitor.Protocols;

using Xunit;

namespace Monitor.Tests;

/// <summary>Lines for people.</summary>
public sealed class LineSessionTests
{
    private readonly FakeMachine _machine = new();
    private readonly CommandTable _commands = StandardCommands.Create();

    [Theory]
    [InlineData("stop", "stop")]
    [InlineData("  s  ", "stop")]
    [InlineData("cont", "cont")]
    [InlineData("c", "cont")]
    [InlineData("system_reset", "reset")]
    [InlineData("system_powerdown", "powerdown")]
    [InlineData("power_button", "hold power 100")]
    [InlineData("power_button 5000", "hold power 5000")]
    [InlineData("reset_button", "reset button")]
    [InlineData("thermal_alert 3", "temperature 3 True")]
    [InlineData("thermal_clear 0", "temperature 0 False")]
    [InlineData("quit", "quit")]
    [InlineData("eject cdrom", "eject cdrom False")]
    [InlineData("eject -f cdrom", "eject cdrom True")]
    [InlineData("change cdrom \"a \\\"b\\\" c.iso\"", "change cdrom <a \"b\" c.iso>")]
    [InlineData("change cdrom \"\"", "change cdrom <>")]
    [InlineData("device_add disk,id=d1,drive=a.img,ro", "add disk drive=a.img id=d1 ro=on")]
    [InlineData("device_del d1", "remove d1")]
    [InlineData("sendkey ctrl-alt-f1", "keys ctrl-alt-f1 100")]
    [InlineData("sendkey a 30", "keys a 30")]
    [InlineData("mouse_move 1 -2 3", "input")]
    [InlineData("mouse_move -5 3", "input")]
    [InlineData("mouse_to 0 32767", "input")]
    [InlineData("mouse_button 5", "input")]
    [InlineData("screendump /tmp/a.png", "screen </tmp/a.png>")]
    public void A_line_is_one_call_and_a_prompt(string line, string call)
    {
        string answer = new LineSession(_commands, _machine).Answer(line);

        Assert.Equal([call], _machine.Calls);
        Assert.Equal("(ps3) ", answer);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("   ", "")]
    [InlineData("stpo", "Error: There is no command 'stpo'; did you mean stop? \"help\" lists the commands.")]
    [InlineData("info", "Error: info: of what? Give one of status, version, block, network, usb, devices, cpus, spes, hypercalls, calls.")]
    [InlineData(
        "info blok",
        "Error: info: there is no 'blok'. Give one of status, version, block, network, usb, devices, cpus, spes, hypercalls, calls.")]
    [InlineData("eject", "Error: eject: DEVICE is missing; write eject [-f] DEVICE")]
    [InlineData("eject -x cdrom", "Error: eject: there is no flag -x; write eject [-f] DEVICE")]
    [InlineData("stop now", "Error: stop: there are more words than it takes; write stop")]
    [InlineData("change \"cdrom", "Error: A quotation mark is missing at the end.")]
    [InlineData("sendkey a 90000", "Error: hold-time 90000: give 0 to 60000.")]
    [InlineData("mouse_to -1 0", "Error: x -1: give 0 to 32767.")]
    [InlineData("mouse_move 1 x", "Error: dy x: give -32767 to 32767.")]
    [InlineData("device_add disk,id=a,id=b", "Error: device_add: id is given twice; write device_add DRIVER[,id=ID][,KEY=VALUE]...")]
    [InlineData("device_add disk,=b", "Error: device_add: a key is missing; write device_add DRIVER[,id=ID][,KEY=VALUE]...")]
    public void What_is_wrong_calls_nothing_and_says_what_to_write(string line, string answer)
    {
        Assert.Equal(answer, string.Join('\n', LineSession.Execute(_commands, _machine, line)));
        Assert.Empty(_machine.Calls);
    }

    [Fact]
    public void A_word_of_any_length_is_named_by_its_beginning() =>
        Assert.Equal(
            $"Error: There is no command '{new string('x', 40)}...' \"help\" lists the commands.",
            Assert.Single(LineSession.Execute(_commands, _machine, new string('x', 4000))));

    [Fact]
    public void What_the_machine_cannot_do_is_an_error()
    {
        _machine.Failure = new MonitorException("The guest does not listen for the power button.");

        Assert.Equal("Error: The guest does not listen for the power button.\r\n(ps3) ", new LineSession(_commands, _machine)
            .Answer("system_powerdown"));
    }

    [Theory]
    [InlineData(MachineStatus.Running, "running")]
    [InlineData(MachineStatus.Paused, "paused")]
    [InlineData(MachineStatus.Prelaunch, "paused (prelaunch)")]
    [InlineData(MachineStatus.IoError, "paused (io-error)")]
    public void Status_is_said_as_QEMU_says_it(MachineStatus status, string text)
    {
        _machine.Status = status;

        Assert.Equal([$"VM status: {text}"], LineSession.Execute(_commands, _machine, "info status"));
    }

    [Fact]
    public void Devices_show_all_they_remember_in_columns()
    {
        Assert.Equal(
            """
            disk:
              class             storage
              medium.file       disk.img
              medium.size       1073741824 (0x40000000)
              medium.read-only  yes
              medium.problem    -
              reads-so-far      7
              groups            1, 2
              stopped           no
            cdrom:
              class         storage
              tray-open     yes
              reads-so-far  0
              groups        none
              stopped       yes
            """.ReplaceLineEndings("\n"),
            string.Join('\n', LineSession.Execute(_commands, _machine, "info block")));
        Assert.Equal("gelic:", LineSession.Execute(_commands, _machine, "info network").First());
        Assert.Contains("  reads-so-far  305419896 (0x12345678)", LineSession.Execute(_commands, _machine, "info network"));
    }

    [Fact]
    public void Lists_are_tables_with_numbers_to_the_right()
    {
        Assert.Equal(
            """
            thread  state               address  symbol             instructions  interrupts  hypercalls
                 0  running  0xc000000000001000  start_kernel+0x10       1000000           5          77
                 1  waiting                0x60  -                            20           0           1
            """.ReplaceLineEndings("\n"),
            string.Join('\n', LineSession.Execute(_commands, _machine, "info cpus")));
        Assert.Equal(["none"], LineSession.Execute(_commands, _machine, "info spes"));
        Assert.Equal(
            ["79800000 thread 0: lv1_pause(0x1) = Success", "79800123 thread 1: lv1_open_device(0x2, 0x3, 0x0) = Denied, denied"],
            LineSession.Execute(_commands, _machine, "info calls"));
    }

    [Fact]
    public void Help_lists_every_command_and_explains_one()
    {
        string[] all = [.. LineSession.Execute(_commands, _machine, "help")];
        Assert.Equal(_commands.All.Count(static command => command.Name is not null), all.Length);
        Assert.Contains(all, static line => line.StartsWith("eject [-f] DEVICE ", StringComparison.Ordinal));

        Assert.Equal(
            ["cont", "  Let the guest run on.", "  Also: c.", "  In JSON: cont."], LineSession.Execute(_commands, _machine, "help cont"));
        Assert.Contains("info spes", LineSession.Execute(_commands, _machine, "? info"));
        Assert.StartsWith("Error: There is no command 'nonsense'", LineSession.Execute(_commands, _machine, "help nonsense").Single(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 29)]
    [InlineData("system_", 2)]
    [InlineData("info s", 2)]
    [InlineData("info ", 10)]
    [InlineData("zzz", 0)]
    public void A_tabulator_asks_how_a_line_may_go_on(string begun, int count)
    {
        IReadOnlyList<string> names = [.. LineSession.Execute(_commands, _machine, begun + "\t")];

        Assert.Equal(count, names.Count);
        Assert.All(names, name => Assert.StartsWith(begun, name, StringComparison.Ordinal));
        Assert.Empty(_machine.Calls);
    }
}
