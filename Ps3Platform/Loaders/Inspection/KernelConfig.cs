using System.Text;
using Ps3Platform.Loaders.Boot;
using Ps3Platform.Loaders.Compression;

namespace Ps3Platform.Loaders.Inspection;

/// <summary>The configuration embedded in a kernel (CONFIG_IKCONFIG): gzip between two markers (kernel/configs.c).</summary>
internal static class KernelConfig
{
    private const int LargestConfiguration = 4 << 20;

    // The options that determine whether and how a kernel runs on this machine.
    private static readonly string[] Prefixes =
    [
        "CONFIG_PPC_PS3", "CONFIG_PS3_", "CONFIG_FB_PS3", "CONFIG_SND_PS3", "CONFIG_GELIC_", "CONFIG_SPU_", "CONFIG_PPC_EARLY_DEBUG",
        "CONFIG_HVC_UDBG", "CONFIG_SMP", "CONFIG_NR_CPUS", "CONFIG_PPC_4K_PAGES", "CONFIG_PPC_64K_PAGES", "CONFIG_PREEMPT",
        "CONFIG_CMDLINE", "CONFIG_KEXEC", "CONFIG_RELOCATABLE", "CONFIG_PROVE_LOCKING", "CONFIG_STRICT_KERNEL_RWX",
        "CONFIG_BLK_DEV_INITRD", "CONFIG_DEVTMPFS", "CONFIG_HZ",
    ];

    public static IReadOnlyList<string> Find(string fileName, IReadOnlyList<BootSegment> segments)
    {
        foreach (BootSegment segment in segments)
        {
            ReadOnlySpan<byte> bytes = segment.Bytes.Span;
            int start = bytes.IndexOf("IKCFG_ST"u8);
            if (start < 0)
                continue;
            start += 8;
            int length = bytes[start..].IndexOf("IKCFG_ED"u8);
            if (length < 0 || !GzipFormat.Recognises(bytes[start..]))
                continue;
            ReadOnlyMemory<byte> text = GzipFormat.Unpack(new ImageFile($"{fileName} (embedded configuration)", segment.Bytes.Slice(start, length)), LargestConfiguration);
            return Select(Encoding.Latin1.GetString(text.Span));
        }

        return [];
    }

    private static List<string> Select(string text)
    {
        var options = new List<string>();
        foreach (string line in text.Split('\n'))
        {
            if (line.Contains('=') && Array.Exists(Prefixes, prefix => line.StartsWith(prefix, StringComparison.Ordinal)))
                options.Add(line);
        }

        return options;
    }
}
