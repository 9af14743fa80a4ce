using System.Runtime.CompilerServices;

using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Boot;
using Ps3Platform.Loaders.Inspection;
using Ps3Platform.Machine.Configuration;

using Xunit;

namespace Conformance.Tests;

/// <summary>
/// What the scripts in guest/ build, and a kernel to run it on. None of it is in the repository; a test without it is skipped.
/// </summary>
internal static class Corpus
{
    // The console that the tests read: udbg's, which the PS3 sends over the network (firmware-stubs/linux/debug.config).
    private const string ConsoleOption = "CONFIG_PPC_EARLY_DEBUG_PS3GELIC=y";

    /// <summary>The initramfs of a suite. Skips the calling test, naming the script to run, when it was not built.</summary>
    public static ImageFile Initramfs(string suite, string script)
    {
        string path = Path.Combine(Root(), "guests", "conformance", $"{suite}.cpio.gz");
        Skip.IfNot(File.Exists(path), $"guests/conformance/{suite}.cpio.gz is not there; tests/Conformance.Tests/guest/{script} builds it");
        return ImageFile.Read(path) with { Name = $"{suite}.cpio.gz" };
    }

    /// <summary>The first kernel that has its console on the network. Skips the calling test when there is none.</summary>
    public static BootImage Kernel()
    {
        string[] places =
        [
            Path.Combine(Root(), "guests", "conformance", "vmlinux"),
            Path.Combine(Root(), "guests", "linux", "vmlinux"),
            Path.Combine(Root(), "..", "shared", "guests", "vmlinux-6.1-ps3-debug.xz"),
        ];
        foreach (string path in places.Where(File.Exists))
        {
            BootImage image = OtherOsImage.Read(ImageFile.Read(path), MachineConfig.DefaultMemory / 2);
            if (KernelInfo.Of(image).Options.Contains(ConsoleOption))
                return KernelFixups.Apply(image, out _);
        }

        Skip.If(true,
            $"no kernel with {ConsoleOption}; firmware-stubs/linux/build.sh --only kernel --variant debug builds guests/linux/vmlinux");
        throw new InvalidOperationException("not reached");
    }

    private static string Root([CallerFilePath] string source = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", ".."));
}
