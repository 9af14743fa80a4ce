using CellPpe.Ppe.Isa;

namespace Differential.Tests.Programs;

/// <summary>Interrupt handlers that let a random program go on: step over, fix up, or begin again. SPRG0 and SPRG2 are theirs.</summary>
internal static class ProgramHandlers
{
    private const string Skip = "mtspr 272,r31; mfspr r31,26; addi r31,r31,4; mtspr 26,r31; mfspr r31,272; rfid";

    // SPRG1 is the start of the code.
    private const string Restart = "mtspr 272,r31; mfspr r31,273; mtspr 26,r31; mfspr r31,272; rfid";
    private const string Return = "rfid";

    // The hypervisor takes the request back.
    private const string Acknowledge = "sc 1; rfid";

    /// <summary>One handler for each vector.</summary>
    public static IReadOnlyDictionary<uint, uint[]> Make(Random random)
    {
        string Choose(params string[] texts) => texts[random.Next(texts.Length)];
        return new Dictionary<uint, uint[]>
        {
            [0x200] = Words(Restart),
            [0x300] = Words(Choose(Skip, Skip, Rebase)),
            [0x380] = Words(Choose(Refill(19), Refill(19), Skip)),
            [0x400] = Words(Restart),
            [0x480] = Words(Choose(Refill(26), Refill(26), Restart)),
            [0x500] = Words(Acknowledge),
            [0x600] = Words(Choose(Skip, Rebase)),
            [0x700] = Words(Choose(Skip, Changed("ori r31,r31,0x900; xori r31,r31,0x900", skip: true))),
            [0x800] = Words(Choose(Skip, Changed("ori r31,r31,0x2000", skip: false))),
            [0x900] = Words($"mtspr 272,r31; addi r31,r0,{random.Next(40, 4000)}; mtspr 22,r31; mfspr r31,272; rfid"),
            [0xc00] = Words(Choose(Return, Return, Changed("xori r31,r31,0x4000", skip: false))),
            [0xd00] = Words(Changed("ori r31,r31,0x600; xori r31,r31,0x600", skip: false)),
            [0xf20] = Words(Choose(Skip, Changed("oris r31,r31,0x200", skip: false))),
        };
    }

    // Steps over what faulted and sets the pointers anew (SPRG3).
    private static string Rebase => Skip.Replace("rfid", "mfspr r1,259; mfspr r2,259; addi r2,r2,0x234; rfid", StringComparison.Ordinal);

    private static string Changed(string change, bool skip) =>
        $"mtspr 272,r31; mfspr r31,27; {change}; mtspr 27,r31; {(skip ? "mfspr r31,26; addi r31,r31,4; mtspr 26,r31; " : "")}mfspr "
        + $"r31,272; rfid";

    // VSID = 0x1000 + ESID, in the SLB entry of its low four bits; L where the address has the bit for it.
    private static string Refill(int address) =>
        $"mtspr 272,r31; mtspr 274,r30; mfspr r31,{address}; rldicr r31,r31,0,35; rldicl r30,r31,36,28; rlwimi r31,r30,0,28,31; "
        + "addi r30,r30,0x1000; rldicr r30,r30,12,51; rlwimi r30,r31,11,23,23; oris r31,r31,0x800; slbmte r30,r31; "
        + "mfspr r31,272; mfspr r30,274; rfid";

    private static uint[] Words(string text) => PpuAssembler.AssembleLines(text);
}
