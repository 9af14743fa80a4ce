using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Ps3Platform.Devices.Blocks;

/// <summary>What is done about a request that the host cannot serve.</summary>
public enum BlockErrorPolicy
{
    /// <summary>The guest gets an I/O error, and a line says why.</summary>
    Report,

    /// <summary>The request waits until the host can serve it, and the machine with it.</summary>
    Pause,
}

/// <summary>How the bytes of a back end are stored.</summary>
public enum BlockFormat
{
    /// <summary>A file that holds them and nothing else.</summary>
    Raw,

    /// <summary>QEMU's image format. qemu-nbd reads it.</summary>
    Qcow2,

    /// <summary>An export of a server that speaks the NBD protocol.</summary>
    Nbd,
}

/// <summary>
/// What a user asks for with <c>FILE[,ro][,snapshot][,size=8G][,format=raw|qcow2|nbd][,onerror=report|pause]</c>. A comma of the file's
/// name is written twice.
/// </summary>
/// <param name="Path">A file, or the address of an NBD export.</param>
public sealed record BlockOptions(string Path)
{
    private const string Keys = "ro, snapshot, size=SIZE, format=raw|qcow2|nbd or onerror=report|pause";
    private const ulong LargestSize = 16UL << 40;

    /// <summary>It is not written; the guest's writes are errors.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>It is not written; what the guest writes is dropped at the end.</summary>
    public bool IsSnapshot { get; init; }

    /// <summary>Bytes of the file that is made when there is none; null: there must be one.</summary>
    public ulong? Size { get; init; }

    /// <summary>The format that was asked for; null: what <see cref="Path"/> says.</summary>
    public BlockFormat? Format { get; init; }

    /// <summary>What is done about errors of the host.</summary>
    public BlockErrorPolicy OnError { get; init; }

    /// <summary>The path is the address of an NBD export.</summary>
    public bool IsAddress => IsAddressText(Path);

    /// <summary>The same with another <see cref="Path"/>; unchanged when it is an address.</summary>
    public BlockOptions WithPath(Func<string, string> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return IsAddress ? this : this with { Path = change(Path) };
    }

    /// <summary>Whether a text begins like the address of an NBD export.</summary>
    public static bool IsAddressText(string text) =>
        text.StartsWith("nbd:", StringComparison.Ordinal) || text.StartsWith("nbd+", StringComparison.Ordinal);

    /// <summary>Reads what a user wrote.</summary>
    /// <param name="text">The text.</param>
    /// <param name="options">What it says.</param>
    /// <param name="problem">What is wrong and what to give instead.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out BlockOptions? options, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<string> parts = Split(text);
        options = new BlockOptions(parts[0]);
        problem = parts[0].Length == 0 ? "names no file; write FILE, then a comma and options" : null;
        foreach (string part in parts.Skip(1))
        {
            if (problem is not null)
                break;
            options = Add(options, part, out problem);
        }

        problem ??= Contradiction(options);
        if (problem is not null)
            options = null;
        return problem is null;
    }

    /// <summary>The options as <see cref="TryParse"/> reads them.</summary>
    public override string ToString() => string.Concat(
        Path.Replace(",", ",,", StringComparison.Ordinal), IsReadOnly ? ",ro" : "", IsSnapshot ? ",snapshot" : "",
        Size is { } size ? $",size={SizeText(size)}" : "",
        Format is { } format ? $",format={format.ToString().ToLowerInvariant()}" : "",
        OnError == BlockErrorPolicy.Pause ? ",onerror=pause" : "");

    private static BlockOptions Add(BlockOptions options, string part, out string? problem)
    {
        problem = null;
        switch (part)
        {
            case "ro":
                return options with { IsReadOnly = true };
            case "snapshot":
                return options with { IsSnapshot = true };
            case "format=raw":
                return options with { Format = BlockFormat.Raw };
            case "format=qcow2":
                return options with { Format = BlockFormat.Qcow2 };
            case "format=nbd":
                return options with { Format = BlockFormat.Nbd };
            case "onerror=report":
                return options with { OnError = BlockErrorPolicy.Report };
            case "onerror=pause":
                return options with { OnError = BlockErrorPolicy.Pause };
            case var _ when part.StartsWith("size=", StringComparison.Ordinal):
                if (TryReadSize(part["size=".Length..], out ulong size))
                    return options with { Size = size };
                problem = $"{part} is no size; write for instance size=8G (K, M, G, T), in whole 512-byte blocks, at most 16T";
                return options;
            default:
                problem = $"\"{part}\" is not understood; give {Keys}, or write a comma of the file's name twice";
                return options;
        }
    }

    private static string? Contradiction(BlockOptions options) => options switch
    {
        { IsReadOnly: true, IsSnapshot: true } => "ro and snapshot contradict each other; leave one of the two out",
        { Size: not null, IsReadOnly: true } => "size= makes a file, and ro only reads it; leave one of the two out",
        { Size: not null, IsSnapshot: true } => "size= makes a file, and snapshot keeps nothing in it; leave one of the two out",
        { Size: not null, Format: BlockFormat.Qcow2 } =>
        "size= makes raw files only; make the image with: qemu-img create -f qcow2 FILE 8G",
        { IsAddress: true, Format: not (null or BlockFormat.Nbd) } => "an NBD export is format=nbd; leave format= out",
        { IsAddress: false, Format: BlockFormat.Nbd } =>
        "format=nbd needs an address: nbd://HOST:PORT/NAME or nbd+unix:///NAME?socket=PATH",
        { IsAddress: true, Size: not null } => "the server has the size of its export; leave size= out",
        _ => null,
    };

    // At single commas; two are one of the text's own.
    private static List<string> Split(string text)
    {
        const char Mark = '\0';
        return [.. text.Replace(",,", Mark.ToString(), StringComparison.Ordinal).Split(',').Select(static part => part.Replace(Mark, ','))];
    }

    private static bool TryReadSize(string text, out ulong size)
    {
        int shift = text.Length == 0 ? -1 : char.ToUpperInvariant(text[^1]) switch
        {
            'K' => 10,
            'M' => 20,
            'G' => 30,
            'T' => 40,
            'B' => 0,
            _ => -1,
        };
        size = 0;
        if (shift < 0 || !ulong.TryParse(text.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out ulong number))
            return false;
        size = number <= LargestSize >> shift ? number << shift : 0;
        return size > 0 && size % 512 == 0;
    }

    private static string SizeText(ulong size) =>
        size % (1UL << 30) == 0 ? $"{size >> 30}G" : size % (1UL << 20) == 0 ? $"{size >> 20}M" : size % 1024 == 0 ? $"{size >> 10}K"
        : $"{size}B";
}
