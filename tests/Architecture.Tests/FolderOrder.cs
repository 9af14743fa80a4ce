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
            Backends, Backends/Msil, Backends/Native, Passes
            """,
        ["CellPpe.Ppe"] = """
            Isa, State
            Arithmetic
            Arithmetic/FloatingPoint, Arithmetic/Vector
            Mmu
            Semantics
            Execution
            Execution/Regions
            Execution/Stops
            Execution/Cycles
            """,
        ["SpuRuntime"] = """
            Arithmetic, Isa, Scheduling/Measures, State
            Arithmetic/Float, Arithmetic/Integer
            Semantics
            Execution
            Execution/Regions
            Execution/Stops
            Channels
            Scheduling/Timeline
            Scheduling
            Scheduling/Policies
            Mfc
            Registers
            .
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
            Blocks, HotPlug, Network, Video
            Characters, Gelic, Gpu, Storage, VirtualUart
            Storage/Optical
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
            Streams
            Characters
            """,
        ["ps3"] = """
            Shell, Streams
            Files, Options
            Completion, Session, Spu
            Commands
            .
            """,
    };

    /// <summary>Uses that break the order and are known: assembly, folder of the user, folder of what it uses.</summary>
    public static IReadOnlyList<string> KnownUses { get; } =
    [
        "CellPpe.Ppe: Execution -> Execution/Regions",
        "CellPpe.Ppe: Execution -> Execution/Stops",
        "CellPpe.Ppe: Execution/Regions -> Execution/Stops",
        "CellPpe.Ppe: Mmu -> Execution",
        "CellPpe.Ppe: Semantics -> Execution",
        "SpuRuntime: Channels -> .",
        "SpuRuntime: Channels -> Mfc",
        "SpuRuntime: Channels -> Registers",
        "SpuRuntime: Execution -> Channels",
        "SpuRuntime: Execution -> Execution/Regions",
        "SpuRuntime: Execution -> Execution/Stops",
        "SpuRuntime: Mfc -> .",
        "SpuRuntime: Mfc -> Registers",
        "SpuRuntime: Registers -> .",
        "SpuRuntime: Scheduling -> Scheduling/Policies",
    ];

    /// <summary>Names that several product projects declare.</summary>
    public static IReadOnlyList<string> KnownNames { get; } =
    [
        "BranchSemantics",
        "ContextLayout",
        "DecodedInsn",
        "Enumerator",
        "Fpscr",
        "HostFiles",
        "IBranchSemantics",
        "IFloatBinary",
        "IFloatTernary",
        "IFloatUnary",
        "IIntegerSemantics",
        "ILoadStoreSemantics",
        "IVectorBinary",
        "IVectorImmediate",
        "IVectorTernary",
        "IVectorUnary",
        "InstructionInfo",
        "IntegerSemantics",
        "InterpreterMachine",
        "IrFloatBinary",
        "IrFloatTernary",
        "IrFloatUnary",
        "IrMachine",
        "IrSlots",
        "IrTranslation",
        "LoadStoreSemantics",
        "MultiplyAdd",
        "MultiplyHigh",
        "Places",
        "PlannedBlock",
        "Region",
        "RegionExit",
        "RegionExitKind",
        "RegionLimits",
        "RegionPlan",
        "RegionPlanner",
        "RegionRuntime",
    ];
}
