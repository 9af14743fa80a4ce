using Ps3Platform.Devices.Gelic;
using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Boot;
using Ps3Platform.Loaders.Compression;
using Ps3Platform.Loaders.Elf;
using Ps3Platform.Loaders.Flash;

using SpuRuntime.Engine;
using SpuRuntime.Scheduling;
using SpuRuntime.Timeline;

namespace Ps3Platform.Machine.Configuration;

/// <summary>Makes a <see cref="MachineConfig"/>: opens the files that options name, and chooses values for options not given.</summary>
public static class MachineConfigFactory
{
    /// <summary>Makes the configuration for options. The caller adds console and loggers.</summary>
    /// <param name="options">The options.</param>
    /// <param name="files">Opens their files.</param>
    /// <param name="note">Receives messages for the user, such as a fix-up of the kernel; null to drop them.</param>
    /// <exception cref="ConfigurationException">
    /// Options are out of range or contradict each other. This is checked before any file is opened.
    /// </exception>
    /// <exception cref="ImageFormatException">A file is damaged or of another kind.</exception>
    public static MachineConfig Create(MachineOptions options, IOptionFiles files, Action<string>? note = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(files);
        new SourcedOptions(options).Check();

        Guest guest = options is { Kernel: null, Flash: { } flash }
            ? GuestOf(FlashImage.Read(files.Read("flash", flash, "a flash with a boot image, or name a KERNEL beside a new one")))
            : files.OpenGuest(options.Kernel);
        string? initrd = options.Initrd ?? guest.Initrd;
        return new MachineConfig
        {
            Kernel = ReadKernel(guest.Kernel, options, note),
            Initrd = initrd is null ? null : files.Read("initrd", initrd, "a cpio archive or file system image"),
            DeviceTree = options.DeviceTree is { } tree ? files.Read("dtb", tree, "a device tree blob") : null,
            CommandLine = options.CommandLine ?? guest.CommandLine,
            MemorySize = options.MemorySize,
            Threads = options.Threads,
            Clock = options.Clock,
            HostThreads = options.HostThreads == 2,
            Engine = options.Engine,
            Video = options.Video,
            Spes = options.Spes,
            SpeScheduling = SchedulingOf(options),
            SpeTimeline = options.SpeTimeline is not null,
            SpuEngine = OptionRules.SpuEngineOf(options),
            SpuFloat = options.SpuFloat ?? SpuFloatMode.Exact,
            Symbols = options.Symbols is { } map
                ? SymbolTable.ReadSystemMap(CompressedFile.Unpack(files.Read("symbols", map, "a System.map"))) : null,
            Gpu = options.Gpu,
            Lockup = options.Lockup,
            Gelic = GelicOf(options),
        };
    }

    /// <summary>The kernel that is started from a flash.</summary>
    /// <param name="flash">The flash as it is now.</param>
    /// <param name="options">The options.</param>
    /// <param name="note">Receives messages for the user; null to drop them.</param>
    /// <exception cref="ImageFormatException">The flash starts no other OS, or what it holds is no kernel.</exception>
    public static BootImage ReadKernelOf(FlashImage flash, MachineOptions options, Action<string>? note = null)
    {
        ArgumentNullException.ThrowIfNull(flash);
        ArgumentNullException.ThrowIfNull(options);
        return ReadKernel(GuestOf(flash).Kernel, options, note);
    }

    // As a console does: the flash says whether another OS is started, and has it.
    private static Guest GuestOf(FlashImage flash)
    {
        if (!flash.StartsOtherOs)
        {
            throw new ImageFormatException(
                flash.File.Name, FlashImage.BootFlagOffset,
                "The flash says that the console's own system is started; write: ps3 flash set FILE boot-flag=other-os, or name a KERNEL.");
        }

        return new Guest(flash.BootImage
            ?? throw new ImageFormatException(
                flash.File.Name, FlashImage.LoaderSizeOffset,
                "The flash holds no boot image; write: ps3 flash set FILE image=otheros.bld, or name a KERNEL."));
    }

    private static BootImage ReadKernel(ImageFile file, MachineOptions options, Action<string>? note)
    {
        BootImage image = OtherOsImage.Read(file, Math.Min(BootRequest.RetailBootMemory, options.MemorySize));
        if (!options.RepairKernel)
            return image;
        image = KernelFixups.Apply(image, out IReadOnlyList<KernelFixup> applied);
        foreach (KernelFixup fixup in applied)
            note?.Invoke($"fix-up at 0x{fixup.Address.Value:x}: {fixup.Reason}");
        return image;
    }

    private static GelicConfig GelicOf(MachineOptions options)
    {
        var gelic = new GelicConfig { Vlans = options.GelicVlans ? GelicVlans.Console : null };
        ulong? address = options.MacAddress ?? (options.Name is { } name ? GelicConfig.MacAddressOf(name) : null);
        return address is { } given ? gelic with { MacAddress = given } : gelic;
    }

    private static SpeSchedulerOptions SchedulingOf(MachineOptions options)
    {
        var scheduling = new SpeSchedulerOptions
        {
            Policy = OptionRules.SpePolicyOf(options, Environment.ProcessorCount),
            Quantum = options.SpeQuantum,
        };
        return options.SpeThreads is { } threads ? scheduling with { Threads = threads } : scheduling;
    }
}
