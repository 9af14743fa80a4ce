using System.Buffers.Binary;
using System.Text;

using Ps3Platform.Loaders.Boot;

namespace Ps3Platform.Loaders.Inspection;

/// <summary>Finds known byte patterns in a kernel that may have neither sections nor symbols.</summary>
internal static class KernelText
{
    private const int LongestVersion = 512;
    private const int LongestBuildId = 64;

    /// <summary>linux_banner: "Linux version 6.1.0 (who@where) (compiler) #1 SMP ...".</summary>
    public static string? FindVersion(IReadOnlyList<BootSegment> segments)
    {
        foreach (BootSegment segment in segments)
        {
            ReadOnlySpan<byte> rest = segment.Bytes.Span;
            while (rest.IndexOf("Linux version "u8) is int found and >= 0)
            {
                ReadOnlySpan<byte> text = rest[found..];
                rest = text[14..];
                // The first hit may be a format string ("Linux version %s").
                if (rest.IsEmpty || rest[0] is < (byte)'0' or > (byte)'9')
                    continue;
                text = text[..Math.Min(text.Length, LongestVersion)];
                int end = text.IndexOfAnyExceptInRange((byte)' ', (byte)'~');
                return Encoding.Latin1.GetString(end < 0 ? text : text[..end]);
            }
        }

        return null;
    }

    /// <summary>The ELF note NT_GNU_BUILD_ID: name size 4, value size, type 3, "GNU".</summary>
    public static string? FindBuildId(IReadOnlyList<BootSegment> segments)
    {
        foreach (BootSegment segment in segments)
        {
            ReadOnlySpan<byte> bytes = segment.Bytes.Span;
            int from = 0;
            while (bytes[from..].IndexOf((ReadOnlySpan<byte>)[0, 0, 0, 3, (byte)'G', (byte)'N', (byte)'U', 0]) is int found and >= 0)
            {
                int type = from + found;
                from = type + 8;
                if (type < 8 || BinaryPrimitives.ReadUInt32BigEndian(bytes[(type - 8)..]) != 4)
                    continue;
                uint size = BinaryPrimitives.ReadUInt32BigEndian(bytes[(type - 4)..]);
                if (size is > 0 and <= LongestBuildId && size <= (uint)(bytes.Length - from))
                    return Convert.ToHexStringLower(bytes.Slice(from, (int)size));
            }
        }

        return null;
    }
}
