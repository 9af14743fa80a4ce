namespace Ps3Platform.Loaders.Elf;

/// <summary>The processor whose executables a reader accepts, and the messages for other files.</summary>
public sealed record ElfTarget
{
    private ElfTarget()
    {
    }

    /// <summary>The console's PPE: kernels and programs, 32-bit (EM_PPC 20) and 64-bit (EM_PPC64 21).</summary>
    public static ElfTarget Ppe { get; } = new()
    {
        Processor = "PowerPC",
        Machine32 = 20,
        Machine64 = 21,
        OtherFile = "give a vmlinux or a dtbImage.ps3",
        OtherByteOrder = "the console's PPE runs big-endian code only. Build the kernel with ps3_defconfig (CONFIG_CPU_BIG_ENDIAN)",
        OtherMachine = "give a kernel built for the PS3",
        NotLinked = "give the linked vmlinux, not an object file or core dump",
        NothingToLoad = "give the linked vmlinux",
        TooLarge = "raise --memory or give a smaller kernel",
    };

    /// <summary>An SPU: 32-bit only (EM_SPU 23), loaded into its local store.</summary>
    public static ElfTarget Spu { get; } = new()
    {
        Processor = "an SPU",
        Machine32 = 23,
        OtherFile = "give a program linked by spu-elf-gcc",
        OtherByteOrder = "an SPU is big-endian. Build the program with spu-elf-gcc",
        OtherMachine = "build it with spu-elf-gcc",
        NotLinked = "give the linked program, not an object file",
        NothingToLoad = "give the linked program",
        TooLarge = "a local store has 256 KB, for code, data and stack together",
        HasOverlays = true,
    };

    internal string Processor { get; private init; } = "";

    internal int Machine32 { get; private init; }

    /// <summary>0: there are no 64-bit executables for it.</summary>
    internal int Machine64 { get; private init; }

    /// <summary>
    /// True when programs are loaded at p_vaddr, and segments marked as overlays may share addresses. Physical addresses then only number
    /// the segments in the file.
    /// </summary>
    internal bool HasOverlays { get; private init; }

    internal string OtherFile { get; private init; } = "";

    internal string OtherByteOrder { get; private init; } = "";

    internal string OtherMachine { get; private init; } = "";

    internal string NotLinked { get; private init; } = "";

    internal string NothingToLoad { get; private init; } = "";

    internal string TooLarge { get; private init; } = "";
}
