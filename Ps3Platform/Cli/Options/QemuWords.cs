using Ps3Platform.Cli.Shell;

namespace Ps3Platform.Cli.Options;

/// <summary>
/// Options of QEMU's command line (qemu(1)). Those with the same meaning here are translated; for the others, an error message names
/// the option to use instead.
/// </summary>
internal static class QemuWords
{
    private const string NoDisk = "a disk is given as --disk FILE[,ro][,snapshot][,size=8G]";
    private const string OneCable = "a console has one network interface; write --net user, without id=";
    private const string NoDebugger = "there is no debugger server; \"ps3 profile\" shows where time goes, "
        + "--log debug and --audit what the guest asks for, \"ps3 disasm\" its code";
    private const string NoWindow = "there is no window; --screenshot FILE writes the screen as a picture";
    private const string OneMachine = "there is one machine, a PlayStation 3; leave it out";
    private const string ConsoleIsOutput =
        "on a terminal the guest has a serial adapter there already; write --serial WHERE for another place, --console WHERE for the "
        + "text of the debug console";

    private enum Treatment
    {
        /// <summary>The value is the kernel.</summary>
        Kernel,

        /// <summary>Another option has the same meaning, and the same value if it has one.</summary>
        Same,

        /// <summary>It has no effect, because the machine always is as its value says, if that is one of those listed.</summary>
        NoEffect,

        /// <summary>It has no counterpart, which the error message explains.</summary>
        Explained,
    }

    private static readonly Dictionary<string, Word> All = new()
    {
        ["kernel"] = new(true, Treatment.Kernel, ""),
        ["initrd"] = new(true, Treatment.Same, "--initrd"),
        ["append"] = new(true, Treatment.Same, "--append"),
        ["dtb"] = new(true, Treatment.Same, "--dtb"),
        ["smp"] = new(true, Treatment.Same, "--cpus") { Key = "cpus" },
        ["no-reboot"] = new(false, Treatment.Same, "--no-reboot"),
        ["nographic"] = new(false, Treatment.NoEffect, ""),
        ["display"] = new(true, Treatment.NoEffect, NoWindow) { Accepted = ["none"] },
        ["vga"] = new(true, Treatment.NoEffect, NoWindow) { Accepted = ["none"] },
        ["serial"] = new(true, Treatment.NoEffect, ConsoleIsOutput) { Accepted = ["stdio", "mon:stdio"] },
        ["monitor"] = new(true, Treatment.Same, "--monitor") { Accepted = ["none"], DropsFlags = true },
        ["qmp"] = new(true, Treatment.Same, "--qmp") { DropsFlags = true },
        ["vnc"] = new(true, Treatment.Same, "--vnc"),
        ["parallel"] = new(true, Treatment.NoEffect, "a console has no such port; leave it out") { Accepted = ["none"] },
        ["net"] = new(true, Treatment.Same, "--net"),
        ["nic"] = new(true, Treatment.Same, "--net"),
        ["netdev"] = new(true, Treatment.Explained, OneCable),
        ["drive"] = new(true, Treatment.Explained, NoDisk),
        ["blockdev"] = new(true, Treatment.Explained, NoDisk),
        ["hda"] = new(true, Treatment.Explained, NoDisk),
        ["hdb"] = new(true, Treatment.Explained, NoDisk),
        ["cdrom"] = new(true, Treatment.Same, "--cdrom"),
        ["pflash"] = new(true, Treatment.Same, "--flash"),
        ["boot"] = new(true, Treatment.Explained, "name a KERNEL, or store one by \"ps3 flash set FILE image=KERNEL\""),
        ["snapshot"] = new(false, Treatment.Explained, NoDisk),
        ["device"] = new(
            true, Treatment.Explained,
            "a console's devices are fixed; a USB device is given as --usb keyboard|mouse|tablet|gamepad|disk=FILE"),
        ["usb"] = new(false, Treatment.NoEffect, ""),
        ["s"] = new(false, Treatment.Explained, NoDebugger),
        ["gdb"] = new(true, Treatment.Explained, NoDebugger),
        ["d"] = new(true, Treatment.Explained, "write --log debug for what the guest asks for, --audit for counts of hypercalls"),
        ["D"] = new(true, Treatment.Explained, "messages go to standard error; redirect them with 2> FILE"),
        ["trace"] = new(true, Treatment.Explained, "write --log debug, --audit, or \"ps3 spu trace\""),
        ["M"] = new(true, Treatment.Explained, OneMachine),
        ["machine"] = new(true, Treatment.Explained, OneMachine),
        ["cpu"] = new(true, Treatment.Explained, OneMachine),
        ["bios"] = new(true, Treatment.Explained, "lv1 is a part of the program; give the kernel alone"),
        ["accel"] = new(true, Treatment.Explained, "write --engine auto, interpreter or compiled"),
        ["enable-kvm"] = new(false, Treatment.Explained, "guest code is compiled by --engine; leave it out"),
        ["icount"] = new(true, Treatment.Explained, "write --clock instructions"),
        ["rtc"] = new(true, Treatment.Explained, "the date is the host's, or with --clock instructions always the same; leave it out"),
        ["no-shutdown"] = new(false, Treatment.Explained, "the program ends with the guest; --screenshot keeps its last picture"),
        ["daemonize"] = new(false, Treatment.Explained, "write & behind the command"),
        ["name"] = new(true, Treatment.Same, "--name"),
    };

    /// <summary>Translates a QEMU option.</summary>
    /// <param name="argument">The word with its dashes.</param>
    /// <param name="value">The next word, or null.</param>
    /// <param name="replacement">Its counterpart for <c>ps3 boot</c>: an option and its value, a kernel alone, or nothing.</param>
    /// <param name="takesValue">True when the next word is its value.</param>
    /// <returns>False when it is not an option of QEMU's.</returns>
    /// <exception cref="UsageException">It has no counterpart; the message says what to write instead.</exception>
    public static bool TryReplace(string argument, string? value, out string[] replacement, out bool takesValue)
    {
        replacement = [];
        takesValue = false;
        if (!All.TryGetValue(argument.StartsWith("--", StringComparison.Ordinal) ? argument[2..] : argument[1..], out Word? word))
            return false;
        takesValue = word.TakesValue;
        string shown = takesValue && value is not null ? $"{argument} {value}" : argument;
        if (word.Treatment == Treatment.Explained)
            throw new UsageException($"{shown}: {word.Text}.");
        if (takesValue && value is null)
            throw new UsageException($"{argument}: a value is missing behind it.");
        switch (word.Treatment)
        {
            case Treatment.Kernel:
                replacement = [value!];
                break;
            case Treatment.Same when takesValue && word.Accepted.Contains(value):
                break;
            case Treatment.Same:
                string same = word.DropsFlags ? value?.Split(',')[0] ?? "" : value ?? "";
                replacement = takesValue ? [word.Text, word.Key is null ? same : Sub(same, word.Key)] : [word.Text];
                break;
            case Treatment.NoEffect when takesValue && !word.Accepted.Contains(value):
                throw new UsageException($"{shown}: {word.Text}.");
        }

        return true;
    }

    // "cpus=2,threads=2" is "2": QEMU's other keys group threads, which is fixed on a Cell.
    private static string Sub(string value, string key)
    {
        string[] parts = value.Split(',');
        string? named = parts.FirstOrDefault(part => part.StartsWith(key + "=", StringComparison.Ordinal));
        return named is not null ? named[(key.Length + 1)..] : parts[0];
    }

    private sealed record Word(bool TakesValue, Treatment Treatment, string Text)
    {
        /// <summary>The key whose value is used in a list "key=value,..."; null to use the value unchanged.</summary>
        public string? Key { get; init; }

        /// <summary>
        /// The part after the first comma is dropped. In QEMU it says how to listen ("server=on,wait=off"), which is fixed here.
        /// </summary>
        public bool DropsFlags { get; init; }

        /// <summary>The values that have no effect, because the machine always is as they say.</summary>
        public string[] Accepted { get; init; } = [];
    }
}
