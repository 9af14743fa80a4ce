using System.Globalization;
using System.Text.RegularExpressions;

using CellPpe.Ppe.Isa;

namespace CellPpe.Tests.Isa;

/// <summary>Where GNU objdump (2.40) writes an instruction otherwise, and why the table is nevertheless right.</summary>
internal static partial class BinutilsDifferences
{
    // Later architectures gave a reserved field a name, which objdump prints: always 0 here, and for mfcr always -1.
    private static readonly HashSet<string> LaterOperand =
        ["fres", "fres.", "frsqrte", "frsqrte.", "mfcr", "dcbf", "lwarx", "ldarx"];

    // objdump refuses values that the manual leaves to software or to the processor: more than one field for mtocrf and
    // mfocrf (Book I 3.3.15), a time base register an mftb does not know, a reserved kind of sync.
    private static readonly HashSet<string> RefusedOperand = ["mtocrf", "mfocrf", "mftb", "sync"];

    /// <summary>
    /// True when <paramref name="theirs"/> means the same as <paramref name="ours"/>, or objdump prints data for a named reason.
    /// </summary>
    public static bool IsKnown(PpuInstructionInfo info, uint word, string ours, string theirs)
    {
        if (theirs.StartsWith(".long", StringComparison.Ordinal))
            return RefusedOperand.Contains(info.Mnemonic) || IsInvalidForm(info, word);
        string same = CrBit().Replace(theirs, static match => CrBitNumber(match));
        // A CR field is written as a plain number by this instruction alone: it is a field of FPSCR.
        string mine = info.Mnemonic.StartsWith("mtfsfi", StringComparison.Ordinal)
            ? ours.Replace("cr", "", StringComparison.Ordinal) : ours;
        // An absolute branch target is cut to 32 bits.
        if (info.Has("aa") && (word & 2) != 0)
            mine = mine.Replace("0xffffffff", "0x", StringComparison.Ordinal);
        // NB = 0 means 32 bytes, and is printed so.
        if (info.Mnemonic is "lswi" or "stswi" && mine.EndsWith(",0", StringComparison.Ordinal))
            mine = mine[..^1] + "32";
        return mine == same || (LaterOperand.Contains(info.Mnemonic) && (same == mine + ",0" || same == mine + ",-1"));
    }

    // Forms the manual calls invalid, which a PPE executes somehow: RA = 0 or RA = RT with update (Book I 3.3.2), a register
    // loaded that is also part of the address (3.3.5, 3.3.6), reserved values of BO and BH (2.4.1).
    private static bool IsInvalidForm(PpuInstructionInfo info, uint word)
    {
        if (info.Has("update"))
            return Field(info, word, "ra") == 0 || Field(info, word, "ra") == Field(info, word, "rt");
        return info.Mnemonic is "lmw" or "lswi" or "lswx" || info.Field("bo") is not null;
    }

    private static long Field(PpuInstructionInfo info, uint word, string name) => info.Field(name)?.Extract(word) ?? -1;

    // "4*cr2+eq" is bit 10; "eq" alone is bit 2.
    private static string CrBitNumber(Match match)
    {
        int field = match.Groups[1].Success ? match.Groups[1].Value[0] - '0' : 0;
        int bit = Array.IndexOf(["lt", "gt", "eq", "so"], match.Groups[2].Value);
        return ((4 * field) + bit).ToString(CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"(?<=[ ,])(?:4\*cr([0-7])\+)?(lt|gt|eq|so)(?=,|$)")]
    private static partial Regex CrBit();
}
