using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

using Xunit;

namespace Boot.Tests.Durability;

/// <summary>
/// A guest that writes numbered, checksummed records to a file on ext4, makes each durable with fsync, and only then acknowledges it on its
/// console; and the check of a disk that such a guest has left.
/// </summary>
internal static partial class Records
{
    /// <summary>The prebuilt Linux 6.1 whose console is the debug console, so that an acknowledgement is seen when it is printed.</summary>
    public const string Kernel = "vmlinux-6.1-ps3-debug.xz";

    /// <summary>The kernel's command line.</summary>
    public const string CommandLine = "console=hvc0 quiet";

    /// <summary>Printed before the file system is mounted.</summary>
    public const string Mounting = "MOUNTING";

    /// <summary>Begins each acknowledgement.</summary>
    public const string Acknowledgement = "ACK ";

    // Not a power of two: neighbours share blocks, so that writing one rewrites part of another that was acknowledged.
    private const int Size = 5000;
    private const int DigestSize = 64;

    // The file does not grow for ever: a record takes the place of one that many came after.
    private const int Slots = 512;

    // Acknowledgements that were still in the guest's console when it was killed: places of so many old records may be written again.
    private const int Unseen = 64;

    /// <summary>The lines of the guest's shell.</summary>
    /// <param name="first">Number of the first record.</param>
    /// <param name="end">Where to stop, and power off after unmounting; null: never.</param>
    public static string Script(int first, int? end = null) => $$"""
        until [ -b /dev/ps3da ]; do usleep 20000; done
        echo {{Mounting}}
        mount -t ext4 /dev/ps3da /mnt || { echo FAILED mount; poweroff -f; }
        n={{first}}
        while [ $n -ne {{end ?? -1}} ]; do
          { echo $n; dd if=/dev/urandom bs={{Size}} count=1; } 2>/dev/null | head -c {{Size - DigestSize}} >/tmp/body
          sum=$(sha256sum </tmp/body); sum=${sum%% *}
          { echo -n $sum; cat /tmp/body; } >/tmp/record
          dd if=/tmp/record of=/mnt/records bs={{Size}} seek=$((n % {{Slots}})) count=1 conv=notrunc,fsync 2>/tmp/error \
            && echo "{{Acknowledgement}}$n $sum" || { echo "FAILED $n $(cat /tmp/error)"; poweroff -f; }
          n=$((n + 1))
        done
        umount /mnt
        """;

    /// <summary>The acknowledgements of a console's text, complete lines only: number and SHA-256 of the record.</summary>
    public static IEnumerable<(int Number, string Digest)> Acknowledged(string console) => AcknowledgementLine().Matches(console)
        .Select(static match => (int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture), match.Groups[2].Value));

    /// <summary>What a raw image lacks; null: its journal can be replayed, nothing is wrong then, and all records are there.</summary>
    /// <param name="image">The image, which is changed: its journal is replayed.</param>
    /// <param name="acknowledged">Numbers and digests of all records that were acknowledged.</param>
    public static string? FindLoss(string image, IReadOnlyDictionary<int, string> acknowledged)
    {
        (int code, string said) = HostTool.Run("e2fsck", "-E", "journal_only", "-p", image);
        if (code != 0)
            return $"the journal cannot be replayed: e2fsck ended with {code}: {said}";
        // Counters of free blocks in the superblock are not journalled and are no finding: then the exit code is 0 too.
        (code, said) = HostTool.Run("e2fsck", "-f", "-n", image);
        if (code != 0)
            return $"the file system is damaged: e2fsck ended with {code}: {said}";
        if (acknowledged.Count == 0)
            return null;
        string copy = image + ".records";
        File.Delete(copy);
        HostTool.Run("debugfs", "-R", $"dump /records {copy}", image);
        byte[] file = File.Exists(copy) ? File.ReadAllBytes(copy) : [];
        int last = acknowledged.Keys.Max();
        foreach ((int number, string digest) in acknowledged.Where(one => one.Key > last - Slots + Unseen))
        {
            if (ProblemOf(file, number, digest) is { } problem)
                return $"record {number} of {last}: {problem}";
        }

        return null;
    }

    /// <summary>Fails when anything that was acknowledged is lost.</summary>
    public static void Check(string image, IReadOnlyDictionary<int, string> acknowledged, string moment)
    {
        string? loss = FindLoss(image, acknowledged);
        Assert.True(loss is null, $"{moment}: {loss}");
    }

    private static string? ProblemOf(byte[] file, int number, string digest)
    {
        int at = number % Slots * Size;
        if (file.Length < at + Size)
            return $"the file ends at {file.Length}";
        ReadOnlySpan<byte> record = file.AsSpan(at, Size);
        ReadOnlySpan<byte> body = record[DigestSize..];
        string written = Encoding.ASCII.GetString(record[..DigestSize]);
        if (written != digest)
            return $"its checksum is {written}, and {digest} was acknowledged";
        if (!body.StartsWith(Encoding.ASCII.GetBytes($"{number}\n")))
            return "it has another number";
        return Convert.ToHexStringLower(SHA256.HashData(body)) == digest ? null : "its bytes are not those of its checksum";
    }

    [GeneratedRegex(@"ACK (\d+) ([0-9a-f]{64})\r?\n")]
    private static partial Regex AcknowledgementLine();
}
