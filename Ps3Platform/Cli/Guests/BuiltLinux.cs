namespace Ps3Platform.Cli.Guests;

/// <summary>
/// The Linux that <c>firmware-stubs/linux/build.sh</c> makes in <c>guests/linux</c> of the checkout. The checkout is found from the current
/// folder and from the program's own, upwards.
/// </summary>
/// <param name="Folder">The folder that holds the result.</param>
internal sealed record BuiltLinux(string Folder)
{
    private const string Script = "firmware-stubs/linux/build.sh";

    /// <summary>The name by which commands know this guest.</summary>
    public const string Name = "linux";

    /// <summary>What the script makes, with a description each.</summary>
    public static IReadOnlyList<(string File, string Description)> Files { get; } =
    [
        ("vmlinux", "the kernel"),
        ("System.map", "its symbols"),
        ("config", "its configuration"),
        ("dtbImage.ps3", "the kernel in its boot wrapper"),
        ("otheros.bld", "the same, flat: what a console's flash holds"),
        ("initramfs.cpio.gz", "busybox and a self-test in memory"),
        ("root.img", "a root disk with ssh"),
        ("id_ed25519", "the key that logs in to it as root"),
    ];

    /// <summary>The kernel.</summary>
    public string Kernel => PathOf("vmlinux");

    /// <summary>The initial RAM disk, or null when it was not built.</summary>
    public string? Initrd => ExistingFile("initramfs.cpio.gz");

    /// <summary>The root disk, or null when it was not built.</summary>
    public string? RootDisk => ExistingFile("root.img");

    /// <summary>The key for the root disk, or null.</summary>
    public string? Key => ExistingFile("id_ed25519");

    /// <summary>The command line for the root disk if there is one, else for the initial RAM disk; null when none was built.</summary>
    public string? CommandLine =>
        ExistingFile(RootDisk is null ? "cmdline" : "cmdline-disk") is { } file ? File.ReadAllText(file).Trim() : null;

    /// <summary>What was built, with a kernel; null when there is none.</summary>
    public static BuiltLinux? Find() =>
        Checkouts().Select(static root => new BuiltLinux(Path.Combine(root, "guests", Name)))
        .FirstOrDefault(static built => File.Exists(built.Kernel));

    /// <summary>The script that builds it, and where its result goes; null outside a checkout.</summary>
    public static (string Script, BuiltLinux Result)? FindScript()
    {
        string? root = Checkouts().FirstOrDefault(static root => File.Exists(Path.Combine(root, Script)));
        return root is null ? null : (Path.Combine(root, Script), new BuiltLinux(Path.Combine(root, "guests", Name)));
    }

    /// <summary>Path of one of <see cref="Files"/>.</summary>
    public string PathOf(string file) => Path.Combine(Folder, file);

    private static IEnumerable<string> Checkouts() => Upwards(Directory.GetCurrentDirectory()).Concat(Upwards(AppContext.BaseDirectory));

    private static IEnumerable<string> Upwards(string start)
    {
        for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
            yield return folder.FullName;
    }

    private string? ExistingFile(string file) => File.Exists(PathOf(file)) ? PathOf(file) : null;
}
