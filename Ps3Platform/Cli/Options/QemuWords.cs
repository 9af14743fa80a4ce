using Ps3Platform.Cli.Shell;

namespace Ps3Platform.Cli.Options;

/// <summary>
/// The words of QEMU's command line, whose users write them by habit: what is the same here is understood, and what is not is answered with
/// our word for it (qemu(1)).
/// </summary>
internal static class QemuWords
{
    private const string NoDisk = "a disk is given as --disk FILE[,ro][,snapshot][,size=8G]";
    private const string OneCable = "a console has one network interface; write --net user, without id=";
    private const string NoDebugger = "there is no debugger server; \"ps3 profile\" shows where time goes, "
        + "--log debug and --audit what the guest asks for, \"ps3 disasm\" its code";
    private const string NoWindow = "there is no window; --screenshot FILE writes the screen as a picture";
    private const string NoMonitor = "there is no monitor; Ctrl-C presses the power button, twice it stops the machine";
    private const string OneMachine = "there is one machine, a PlayStation 3; leave it out";
    private const string ConsoleIsOutput =
        "the guest's console is standard output already; write --console WHERE for a file, socket or terminal";

    private enum Treatment
    {
        /// <summary>The value is the kernel.</summary>
        Kernel,

        /// <summary>Another option says the same; with its value if it has one.</summary>
        Same,

        /// <summary>It says what is so anyway, if its value is one of those listed.</summary>
        SoAnyway,

        /// <summary>It has no counterpart.</summary>
        Answer,
    }

    private static readonly Dictionary<string, Word> All = new()
    {
        ["kernel"] = new(true, Treatment.Kernel, ""),
        ["initrd"] = new(true, Treatment.Same, "--initrd"),
        ["append"] = new(true, Treatment.Same, "--append"),
        ["dtb"] = new(true, Treatment.Same, "--dtb"),
        ["smp"] = new(true, Treatment.Same, "--cpus") { Key = "cpus" },
        ["no-reboot"] = new(false, Treatment.Same, "--no-reboot"),
        ["nographic"] = new(false, Treatment.SoAnyway, ""),
        ["display"] = new(true, Treatment.SoAnyway, NoWindow) { Accepted = ["none"] },
        ["vga"] = new(true, Treatment.SoAnyway, NoWindow) { Accepted = ["none"] },
        ["serial"] = new(true, Treatment.SoAnyway, ConsoleIsOutput) { Accepted = ["stdio", "mon:stdio"] },
        ["monitor"] = new(true, Treatment.SoAnyway, NoMonitor) { Accepted = ["none"] },
        ["qmp"] = new(true, Treatment.Answer, "there is no monitor; Ctrl-C or SIGTERM presses the power button"),
        ["parallel"] = new(true, Treatment.SoAnyway, "a console has no such port; leave it out") { Accepted = ["none"] },
        ["net"] = new(true, Treatment.Same, "--net"),
        ["nic"] = new(true, Treatment.Same, "--net"),
        ["netdev"] = new(true, Treatment.Answer, OneCable),
        ["drive"] = new(true, Treatment.Answer, NoDisk),
        ["blockdev"] = new(true, Treatment.Answer, NoDisk),
        ["hda"] = new(true, Treatment.Answer, NoDisk),
        ["hdb"] = new(true, Treatment.Answer, NoDisk),
        ["cdrom"] = new(true, Treatment.Same, "--cdrom"),
        ["pflash"] = new(true, Treatment.Same, "--flash"),
        ["boot"] = new(true, Treatment.Answer, "name a KERNEL, or store one by \"ps3 flash set FILE image=KERNEL\""),
        ["snapshot"] = new(false, Treatment.Answer, NoDisk),
        ["device"] = new(true, Treatment.Answer, "a console's devices are fixed; leave it out"),
        ["usb"] = new(false, Treatment.Answer, "there is no USB yet; leave it out"),
        ["s"] = new(false, Treatment.Answer, NoDebugger),
        ["S"] = new(false, Treatment.Answer, NoDebugger),
        ["gdb"] = new(true, Treatment.Answer, NoDebugger),
        ["d"] = new(true, Treatment.Answer, "write --log debug for what the guest asks for, --audit for counts of hypercalls"),
        ["D"] = new(true, Treatment.Answer, "messages go to standard error; redirect them with 2> FILE"),
        ["trace"] = new(true, Treatment.Answer, "write --log debug, --audit, or \"ps3 spu trace\""),
        ["M"] = new(true, Treatment.Answer, OneMachine),
        ["machine"] = new(true, Treatment.Answer, OneMachine),
        ["cpu"] = new(true, Treatment.Answer, OneMachine),
        ["bios"] = new(true, Treatment.Answer, "lv1 is a part of the program; give the kernel alone"),
        ["accel"] = new(true, Treatment.Answer, "write --engine auto, interpreter or compiled"),
        ["enable-kvm"] = new(false, Treatment.Answer, "guest code is compiled by --engine; leave it out"),
        ["icount"] = new(true, Treatment.Answer, "write --clock instructions"),
        ["rtc"] = new(true, Treatment.Answer, "the date is the host's, or with --clock instructions always the same; leave it out"),
        ["no-shutdown"] = new(false, Treatment.Answer, "the program ends with the guest; --screenshot keeps its last picture"),
        ["daemonize"] = new(false, Treatment.Answer, "write & behind the command"),
        ["name"] = new(true, Treatment.Same, "--name"),
    };

    /// <summary>Understands a word.</summary>
    /// <param name="argument">The word with its dashes.</param>
    /// <param name="value">What follows it, or null.</param>
    /// <param name="replacement">The same for <c>ps3 boot</c>: an option and its value, a kernel alone, or nothing.</param>
    /// <param name="takesValue">The word has used up what follows it.</param>
    /// <returns>False when it is no word of QEMU's.</returns>
    /// <exception cref="UsageException">It is one that has no counterpart; the message says what to write.</exception>
    public static bool TryReplace(string argument, string? value, out string[] replacement, out bool takesValue)
    {
        replacement = [];
        takesValue = false;
        if (!All.TryGetValue(argument.StartsWith("--", StringComparison.Ordinal) ? argument[2..] : argument[1..], out Word? word))
            return false;
        takesValue = word.TakesValue;
        string shown = takesValue && value is not null ? $"{argument} {value}" : argument;
        if (word.Treatment == Treatment.Answer)
            throw new UsageException($"{shown}: {word.Text}.");
        if (takesValue && value is null)
            throw new UsageException($"{argument}: a value is missing behind it.");
        switch (word.Treatment)
        {
            case Treatment.Kernel:
                replacement = [value!];
                break;
            case Treatment.Same:
                replacement = takesValue ? [word.Text, word.Key is null ? value! : Sub(value!, word.Key)] : [word.Text];
                break;
            case Treatment.SoAnyway when takesValue && !word.Accepted.Contains(value):
                throw new UsageException($"{shown}: {word.Text}.");
        }

        return true;
    }

    // "cpus=2,threads=2" is "2": what else QEMU takes there says how threads are grouped, which is fixed on a Cell.
    private static string Sub(string value, string key)
    {
        string[] parts = value.Split(',');
        string? named = parts.FirstOrDefault(part => part.StartsWith(key + "=", StringComparison.Ordinal));
        return named is not null ? named[(key.Length + 1)..] : parts[0];
    }

    private sealed record Word(bool TakesValue, Treatment Treatment, string Text)
    {
        /// <summary>The part of a list "key=value,..." that is meant, or null: the value is taken as it is.</summary>
        public string? Key { get; init; }

        /// <summary>The values that say what is so anyway.</summary>
        public string[] Accepted { get; init; } = [];
    }
}
