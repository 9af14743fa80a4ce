using System.Buffers.Binary;
using CellPpe.Core;

namespace Ps3Platform.Loaders.Boot;

/// <summary>
/// Distinguishes PPE code that runs under lv1 from other bytes, for images without a header. Random bytes often decode as instructions,
/// because most primary opcodes exist; <see cref="FindsHypercall"/> finds a call in them about once in 10^15 bytes.
/// </summary>
internal static class EntryCode
{
    /// <summary>Words at the entry that are checked, unless code branches away before.</summary>
    public const int Words = 8;

    private const uint HypervisorCall = 0x4400_0022;

    // The number is set right before the call in Linux's and FreeBSD's stubs; a compiler may place other parameters between.
    private const int WordsBeforeCall = 16;

    /// <summary>Finds the first word at an entry that is not an instruction.</summary>
    /// <returns>Its index, or null when all are instructions, up to the first branch that is always taken.</returns>
    public static int? FirstNoInstruction(ReadOnlySpan<byte> code)
    {
        for (int index = 0; index < Math.Min(Words, code.Length / 4); index++)
        {
            uint word = BinaryPrimitives.ReadUInt32BigEndian(code[(4 * index)..]);
            if (!IsInstruction(word))
                return index;
            if (AlwaysBranches(word))
                return null;
        }

        return null;
    }

    /// <summary>
    /// True when the code calls lv1: `sc 1` with a number in r11 (lv1-calls 1). Every guest does, because devices, memory size and console
    /// are accessible only by such calls.
    /// </summary>
    public static bool FindsHypercall(ReadOnlySpan<byte> bytes)
    {
        Span<byte> call = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(call, HypervisorCall);
        for (int at = 0; bytes[at..].IndexOf(call) is var found and >= 0; at += 4)
        {
            at += found;
            int first = Math.Max(0, at - (4 * WordsBeforeCall));
            if ((at & 3) == 0 && SetsCallNumber(bytes[first..at]))
                return true;
            at &= ~3;
        }

        return false;
    }

    private static bool SetsCallNumber(ReadOnlySpan<byte> before)
    {
        for (int at = 0; at + 4 <= before.Length; at += 4)
        {
            uint word = BinaryPrimitives.ReadUInt32BigEndian(before[at..]);
            // li 11,0..255; or mr 11,rS in code that is given the number.
            if ((word & 0xffff_ff00) == 0x3960_0000 || (word & 0xfc1f_07fe) == 0x7c0b_0378)
                return true;
        }

        return false;
    }

    // Book I, Appendix "Opcode Maps": unassigned in 2.02. 2 is tdi, 4 AltiVec, 56 lq.
    private static bool IsInstruction(uint word) => word.Bits(0, 5) is not (0 or 1 or 5 or 6 or 9 or 22 or 57 or 60 or 61);

    private static bool AlwaysBranches(uint word)
    {
        const uint BranchAlways = 0x14;
        bool ignoresCondition = (word.Bits(6, 10) & BranchAlways) == BranchAlways;
        return word.Bits(0, 5) switch
        {
            18 => true,
            16 => ignoresCondition,
            19 => ignoresCondition && word.Bits(21, 30) is 16 or 528,
            _ => false,
        };
    }
}
