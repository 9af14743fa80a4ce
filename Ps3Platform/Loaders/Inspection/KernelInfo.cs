using CellPpe.Core;

using Ps3Platform.Loaders.Boot;

namespace Ps3Platform.Loaders.Inspection;

/// <summary>Facts about a kernel that are known without running it; ToString returns the lines of "./ps3 info".</summary>
public sealed record KernelInfo
{
    /// <summary>The file.</summary>
    public required string FileName { get; init; }

    /// <summary>Its kind.</summary>
    public required BootImageKind Kind { get; init; }

    /// <summary>"gzip", "xz" or "none".</summary>
    public required string Packing { get; init; }

    /// <summary>"ELF64", "ELF32" or "flat".</summary>
    public required string Format { get; init; }

    /// <summary>Unpacked bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Entry of thread 0.</summary>
    public required LparAddress Entry { get; init; }

    /// <summary>Entry of thread 1, or null when it does not start.</summary>
    public required LparAddress? SecondaryEntry { get; init; }

    /// <summary>The segments of the image.</summary>
    public required IReadOnlyList<BootSegment> Segments { get; init; }

    /// <summary>The "Linux version ..." line.</summary>
    public string? LinuxVersion { get; init; }

    /// <summary>The linker's build id, in hexadecimal.</summary>
    public string? BuildId { get; init; }

    /// <summary>Number of symbols.</summary>
    public int Symbols { get; init; }

    /// <summary>The device tree of a wrapped image.</summary>
    public MemoryRange? EmbeddedTree { get; init; }

    /// <summary>The command line in that tree.</summary>
    public string? EmbeddedCommandLine { get; init; }

    /// <summary>The relevant options of the embedded configuration; empty without CONFIG_IKCONFIG.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>Warnings about properties that work here but would not on a console.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Inspects an image.</summary>
    /// <exception cref="ImageFormatException">An inspected part is damaged.</exception>
    public static KernelInfo Of(BootImage image)
    {
        EmbeddedTree? tree = image.Kind == BootImageKind.Vmlinux ? null : Boot.EmbeddedTree.Find(image);
        return new KernelInfo
        {
            FileName = image.File.Name,
            Kind = image.Kind,
            Packing = image.Packing,
            Format = image.Executable?.Class.ToString().ToUpperInvariant() ?? "flat",
            Bytes = image.File.Bytes.Length,
            Entry = image.Thread0.Pc,
            SecondaryEntry = image.Thread1?.Pc,
            Segments = image.Segments,
            LinuxVersion = KernelText.FindVersion(image.Segments),
            BuildId = KernelText.FindBuildId(image.Segments),
            Symbols = image.Symbols.Count,
            EmbeddedTree = tree is null ? null : new MemoryRange(tree.Address, (ulong)tree.Room),
            EmbeddedCommandLine = CommandLineOf(image),
            Options = KernelConfig.Find(image.File.Name, image.Segments),
            Warnings = image.Warnings,
        };
    }

    /// <summary>True when the image contains Linux's version text.</summary>
    public static bool IsLinux(BootImage image) => KernelText.FindVersion(image.Segments) is not null;

    /// <summary>The command line of an image that contains a device tree, or null.</summary>
    public static string? CommandLineOf(BootImage image) => image.Kind == BootImageKind.Vmlinux
        ? null
        : Boot.EmbeddedTree.Find(image)?.Document.Root.Child("chosen")?.FindString("bootargs");

    /// <summary>The facts as lines of text, one fact each.</summary>
    public IEnumerable<string> ToLines()
    {
        yield return $"file           {FileName}";
        yield return $"kind           {Kind}";
        yield return $"format         {Format}, packed: {Packing}, {Bytes} bytes";
        yield return $"entry          thread 0 at 0x{Entry.Value:x}" + (SecondaryEntry is { } second ? $", thread 1 at 0x{second.Value:x}" : ", thread 1 does not start");
        foreach (BootSegment segment in Segments)
            yield return $"segment        {segment.Range}  {segment.Bytes.Length} bytes of file  {segment.Name}";
        yield return $"version        {LinuxVersion ?? "no Linux version found"}";
        yield return $"build id       {BuildId ?? "none"}";
        yield return Symbols == 0 ? "symbols        none (give the System.map for names)" : $"symbols        {Symbols}";
        if (EmbeddedTree is { } tree)
            yield return $"device tree    {tree}, command line \"{EmbeddedCommandLine ?? ""}\"";
        if (Options.Count == 0)
            yield return "configuration  not embedded (CONFIG_IKCONFIG)";
        foreach (string option in Options)
            yield return $"configuration  {option}";
        foreach (string warning in Warnings)
            yield return $"warning        {warning}";
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join('\n', ToLines());
}
