namespace Architecture.Tests;

/// <summary>Which folder of a product project may use which others, and what is not in order yet.</summary>
internal static class FolderOrder
{
    /// <summary>
    /// Assembly to its folders, from the bottom up. A type may use types of its own folder and of all lines above it in this table; folders
    /// of one line do not use each other. "." is the project's own folder.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Table { get; } = new Dictionary<string, string>
    {
        ["CellPpe.Core"] = """
            ., Isa, Stops, Tracing
            Ports
            """,
        ["CellPpe.Recompiler"] = """
            .
            Inspection
            Passes
            Backends
            Backends/Native
            Backends/Msil/Slots
            Backends/Msil/Emit
            Backends/Msil
            """,
        ["CellPpe.Ppe"] = """
            Arithmetic/Vector, Engines, Isa, State
            Arithmetic, Arithmetic/FloatingPoint/Format, Locking, Mmu
            Arithmetic/FloatingPoint/Results, Arithmetic/Vector/Integer, Storage
            Arithmetic/FloatingPoint/Instructions, Arithmetic/Vector/Float, Arithmetic/Vector/Permute, Threads
            Operations
            Semantics
            Interpreter, Translation
            Cycles, Regions
            .
            """,
        ["SpuRuntime"] = """
            Arithmetic, Isa, Ports, Scheduling/Measures, State
            Arithmetic/Integer, Engine
            Arithmetic/SinglePrecision, Timeline
            Arithmetic/DoublePrecision, Scheduling
            Events, Scheduling/Policies, Semantics
            Execution/Interpreter, Execution/Translation, Mfc
            Channels, Execution/Regions
            Execution, RunControl
            Registers
            Spe
            """,
        ["Lv1Hypervisor.Contracts"] = """
            .
            """,
        ["Lv1Hypervisor"] = """
            Abi, Dma
            Partitions, Policy
            Services
            .
            """,
        ["Ps3Platform.Devices"] = """
            Audio, Blocks, Characters, Gpu/Mapping, HotPlug, Network, Usb/Bus, Video
            Gelic, Gpu/Fifo, Storage, Usb/Ehci, Usb/Input, Usb/Ohci, Usb/Serial, VirtualUart
            Gpu, Storage/Optical, Usb/Hid, Usb/MassStorage
            Usb
            """,
        ["Ps3Platform.Loaders"] = """
            .
            Compression, DeviceTree
            Elf
            Boot
            Flash, Inspection
            """,
        ["Ps3Platform.Machine"] = """
            Configuration/Kinds, KernelLog, Lockups, Profiling, Turns
            Configuration
            Spes
            .
            """,
        ["Ps3Platform.Monitor"] = """
            Control
            Commands
            Protocols
            """,
        ["Ps3Platform.Screens"] = """
            Feed, Input
            Vnc
            """,
        ["Ps3Platform.Standalone"] = """
            Assist/Protocol, Rig
            Assist/Files
            Assist/Memory, Assist/Text
            Assist
            .
            Bench
            """,
        ["Ps3Platform.Host"] = """
            Files
            Blocks, Streams
            Audio
            Characters
            Network, Terminals
            """,
        ["Ps3Platform.Web"] = """
            .
            """,
        ["ps3"] = """
            Shell, Streams
            Dialogues, Files, Options
            Completion, Guests, Remote, Spu, Terminals
            Session
            Commands
            .
            """,
    };

    /// <summary>Uses that break the order and are known: assembly, folder of the user, folder of what it uses.</summary>
    public static IReadOnlyList<string> KnownUses { get; } =
    [
        // One subject, to be redesigned: the emitters and the tables of slots know each other.
        "CellPpe.Recompiler: Backends/Msil/Emit -> Backends/Msil",
        "CellPpe.Recompiler: Backends/Msil/Slots -> Backends/Msil",
        "CellPpe.Recompiler: Backends/Msil/Slots -> Backends/Msil/Emit",
    ];

    /// <summary>Names that several product projects declare.</summary>
    public static IReadOnlyList<string> KnownNames { get; } =
    [
        // Private types inside others.
        "Entry",
        "Enumerator",
    ];
}
