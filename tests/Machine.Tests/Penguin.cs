using System.Runtime.CompilerServices;
using System.Text;

using CellPpe.Ppe.Engines;

using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Boot;
using Ps3Platform.Machine;
using Ps3Platform.Machine.Configuration;

namespace Machine.Tests;

/// <summary>Machines with the embedded guest.</summary>
internal static class Penguin
{
    public static Ps3Machine Build(
        out StringBuilder console, string? commandLine = null, ClockMode clock = ClockMode.Instructions,
        PpuEngine engine = PpuEngine.Auto)
    {
        console = new StringBuilder();
        return MachineBuilder.Build(Config(console) with { CommandLine = commandLine, Clock = clock, Engine = engine });
    }

    public static MachineConfig Config(StringBuilder console) => new()
    {
        Kernel = OtherOsImage.Read(ImageFile.Read(Elf()), BootRequest.RetailBootMemory),
        Console = bytes => console.Append(Encoding.UTF8.GetString(bytes)),
    };

    /// <summary>Path of the guest.</summary>
    public static string Elf() => Path.Combine(ThisFolder(), "..", "..", "firmware-stubs", "penguin", "penguin.elf");

    private static string ThisFolder([CallerFilePath] string source = "") => Path.GetDirectoryName(source)!;
}
