using Ps3Platform.Cli.Files;
using Ps3Platform.Cli.Guests;
using Ps3Platform.Cli.Shell;
using Ps3Platform.Devices.Blocks;
using Ps3Platform.Host.Files;
using Ps3Platform.Loaders;
using Ps3Platform.Machine.Configuration;

namespace Ps3Platform.Cli.Session;

/// <summary>Finds guests: a file, the built-in one, or <c>linux</c> as firmware-stubs/linux/build.sh made it.</summary>
internal static class GuestFiles
{
    /// <summary>The name of the Linux that the build script makes.</summary>
    public const string Linux = BuiltLinux.Name;

    /// <summary>The name of the built-in guest.</summary>
    public const string Penguin = "penguin";

    private const string Wanted = "a vmlinux, dtbImage.ps3 or otheros.bld (.gz and .xz as they are), or nothing for the built-in guest";

    /// <summary>The disk that a guest brings along when the user names neither a disk nor an initial RAM disk; null: none.</summary>
    public static BlockOptions? DiskOf(MachineOptions options) =>
        options is { Kernel: Linux, Disk: null, Initrd: null } && FileKinds.Of(Linux) is FileKind.Missing or FileKind.Folder
        && BuiltLinux.Find()?.RootDisk is { } disk ? new BlockOptions(disk) : null;

    /// <summary>Options name the built-in guest, or none.</summary>
    public static bool IsBuiltIn(MachineOptions options) =>
        options is { Kernel: null, Flash: null }
        || (options.Kernel == Penguin && FileKinds.Of(Penguin) is FileKind.Missing or FileKind.Folder);

    /// <summary>The guest the user named, or the built-in one.</summary>
    /// <param name="name">Its name, or null.</param>
    /// <param name="place">The option as messages name it, or null for an operand.</param>
    /// <param name="hasSerial">The machine has a serial adapter, which is to be a console if the guest has no other as text.</param>
    /// <exception cref="UsageException">There is no such guest, or its file cannot be read.</exception>
    public static Guest Open(string? name, string? place = null, bool hasSerial = false)
    {
        if (name is null)
            return new Guest(BuiltIn());
        if (name == InputFiles.StandardInput)
            return new Guest(InputFiles.ReadStandardInput("a kernel"));
        // A file of that name takes precedence; a folder of that name, as in the checkout, does not.
        if (FileKinds.Of(name) is FileKind.Missing or FileKind.Folder)
        {
            switch (name)
            {
                case Linux:
                    return OpenLinux(hasSerial);
                case Penguin:
                    return new Guest(BuiltIn());
                case "help":
                    throw new UsageException("help: no such file; \"ps3 help boot\" shows the options.");
            }
        }

        return new Guest(InputFiles.Read(name, place, Wanted));
    }

    private static ImageFile BuiltIn()
    {
        using Stream stream = typeof(GuestFiles).Assembly.GetManifestResourceStream("penguin.elf")
            ?? throw new InvalidOperationException("the built-in guest is missing from the program");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return new ImageFile("penguin (built-in)", bytes);
    }

    private static Guest OpenLinux(bool hasSerial)
    {
        if (BuiltLinux.Find() is not { } built)
            throw new UsageException("no Linux has been built yet; \"ps3 guest build\" does it, in guests/linux/.");
        string? commandLine = built.CommandLine;
        if (hasSerial && commandLine?.Contains("console=", StringComparison.Ordinal) != true)
            commandLine = $"{commandLine} console=tty0 console=ttyUSB0".TrimStart();
        return new Guest(
            InputFiles.Read(built.Kernel, option: null, "the kernel that \"ps3 guest build\" makes"),
            built.RootDisk is null ? built.Initrd : null, commandLine);
    }
}
