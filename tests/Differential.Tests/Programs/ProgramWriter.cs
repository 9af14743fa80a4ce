using CellPpe.Ppe.Isa;

using Differential.Tests.Guest;

namespace Differential.Tests.Programs;

/// <summary>
/// Writes one random program: a main loop that never ends, and functions it calls. By convention r1..r3 point to data, r24
/// and r25 count loops, r26 and r27 keep return addresses, r28 is where the code is, r29 points to an instruction; random
/// instructions mostly keep to that, and the head of the main loop puts things right again.
/// </summary>
internal sealed class ProgramWriter
{
    private const int Functions = 3;

    private readonly Random _random;
    private readonly List<uint> _words = [];
    private readonly List<int> _straight = [0];
    private readonly int[] _functions = new int[Functions];
    private readonly int _oddities;
    private readonly PpuOp[] _favourites;

    /// <param name="random">What it is made from.</param>
    /// <param name="body">What straight code is made of; by default whatever may stand in the middle.</param>
    public ProgramWriter(Random random, PpuOp[]? body = null)
    {
        _random = random;
        body ??= CaseGenerator.Body;
        // One program in three never changes itself or its mode: only there does anything stay compiled for long.
        _oddities = random.Next(3) * random.Next(1, 4);
        _favourites = [.. Enumerable.Range(0, random.Next(4, 40)).Select(_ => body[random.Next(body.Length)])];
    }

    private int Here => _words.Count;

    /// <summary>The words of the code pages from their start.</summary>
    public uint[] Write()
    {
        // The main loop begins at word 0 and jumps over the functions, which so have lower addresses than what calls them.
        int enter = Reserve();
        for (int number = Functions - 1; number >= 0; number--)
            WriteFunction(number);
        int padding = _random.Next(4) == 0 ? 0 : _random.Next(0, 1100);
        for (int index = 0; index < padding; index++)
            _words.Add(Straight());
        _words[enter] = Asm.B(4 * (Here - enter));
        int head = Here;
        Recover();
        for (int unit = _random.Next(2, 14); unit > 0; unit--)
            WriteUnit(0, 0);
        _words.Add(Asm.B(4 * (head - Here)));
        return [.. _words];
    }

    private void WriteFunction(int number)
    {
        _functions[number] = Here;
        int kept = 26 + (number & 1);
        Lines($"mfspr r{kept},8");
        if (_random.Next(2) == 0)
            Pointers();
        for (int unit = _random.Next(1, 6); unit > 0; unit--)
            WriteUnit(number + 1, 1);
        Lines($"mtspr 8,r{kept}");
        if (_random.Next(4) == 0)
            _words.Add(Asm.Bclr(_random.Next(2) == 0 ? 12 : 4, _random.Next(32), 0));
        Lines("bclr 20,0,0");
        for (int index = _random.Next(6); index > 0; index--)
            _words.Add(Straight());
    }

    private void WriteUnit(int firstFunction, int depth)
    {
        switch (_random.Next(12))
        {
            case 0 or 1 when depth < 2:
                WriteLoop(firstFunction, depth);
                break;
            case 2:
                WriteCounterLoop();
                break;
            case 3 or 4:
                WriteForwardBranch(firstFunction, depth);
                break;
            case 5 when firstFunction < Functions:
                WriteCall(firstFunction + _random.Next(Functions - firstFunction));
                break;
            case 6:
                WriteStorageIdiom();
                break;
            case 7 or 8 when _random.Next(4) < _oddities:
                WriteOddity();
                break;
            default:
                WriteRun(_random.Next(1, 12));
                break;
        }
    }

    private void WriteRun(int length)
    {
        for (; length > 0; length--)
        {
            _straight.Add(Here);
            _words.Add(Straight());
        }
    }

    private void WriteLoop(int firstFunction, int depth)
    {
        int counter = 24 + depth;
        Lines($"addi r{counter},r0,{_random.Next(1, 30)}");
        int head = Here;
        for (int unit = _random.Next(1, 4); unit > 0; unit--)
            WriteUnit(firstFunction, depth + 1);
        Lines($"addic. r{counter},r{counter},-1");
        _words.Add(Asm.Bc(12, 1, 4 * (head - Here)));
    }

    private void WriteCounterLoop()
    {
        Lines($"addi r6,r0,{_random.Next(1, 40)}; mtspr 9,r6");
        int head = Here;
        WriteRun(_random.Next(1, 8));
        // bdnz, bdz over a branch back, or with a condition beside the count.
        int bo = ((int[])[16, 16, 8, 0])[_random.Next(4)];
        _words.Add(Asm.Bc(bo, _random.Next(32), 4 * (head - Here)));
    }

    private void WriteForwardBranch(int firstFunction, int depth)
    {
        if (_random.Next(3) == 0)
            Lines(((string[])["cmpi 0,1,r7,0", "cmpli 1,0,r8,100", "fcmpu 2,f1,f2", "cmp 5,0,r9,r10"])[_random.Next(4)]);
        int branch = Reserve();
        if (depth < 3)
            WriteUnit(firstFunction, depth + 1);
        WriteRun(_random.Next(0, 4));
        int distance = 4 * (Here - branch);
        int bo = ((int[])[12, 4, 12, 4, 20, 18, 16, 10, 2])[_random.Next(9)];
        bool link = _random.Next(20) == 0;
        _words[branch] = link ? Asm.Bcl(bo, _random.Next(32), distance) : Asm.Bc(bo, _random.Next(32), distance);
    }

    private void WriteCall(int function)
    {
        int target = _functions[function];
        switch (_random.Next(4))
        {
            case 0:
                // Through CTR, where the code was entered.
                Lines($"addi r6,r28,{4 * target}; mtspr 9,r6; bcctrl 20,0,0");
                break;
            case 1:
                Lines($"addi r6,r28,{4 * target}; mtspr 8,r6; bclrl 20,0,0");
                break;
            default:
                _words.Add(Asm.Bl(4 * (target - Here)));
                break;
        }
    }

    private void WriteStorageIdiom()
    {
        int pointer = _random.Next(1, 4);
        int offset = 4 * _random.Next(0, 64);
        switch (_random.Next(8))
        {
            case 0:
                Lines($"addi r6,r0,{offset}; lwarx r7,r{pointer},r6; addi r7,r7,1; stwcx. r7,r{pointer},r6");
                _words.Add(Asm.Bc(4, 2, -12));
                break;
            case 1:
                Lines($"addi r6,r0,{8 * (offset / 8)}; ldarx r7,r{pointer},r6; or r7,r7,r8; stdcx. r7,r{pointer},r6");
                break;
            case 2:
                Lines($"addi r6,r0,{_random.Next(0, 40)}; mtspr 1,r6; lswx r6,r{pointer},r4; stswx r6,r{pointer},r5");
                break;
            case 3:
                Lines($"stswi r6,r{pointer},{_random.Next(0, 32)}; lswi r8,r{pointer},{_random.Next(1, 24)}");
                break;
            case 4:
                Lines($"stmw r{_random.Next(0, 32)},{offset}(r{pointer}); lmw r29,{offset}(r{pointer})");
                break;
            case 5:
                Lines($"dcbz r{pointer},r4; dcbst r{pointer},r5; icbi r{pointer},r4; sync 0; eieio");
                break;
            case 6:
                // Across the end of a page.
                Lines($"rldicr r6,r{pointer},0,51; stw r7,4094(r6); ld r8,4092(r6)");
                break;
            default:
                Lines($"stwu r7,{offset}(r{pointer}); lwz r8,0(r{pointer}); stb r8,1(r{pointer}); lhz r9,0(r{pointer})");
                break;
        }
    }

    // What changes the code, the mode or the translation.
    private void WriteOddity()
    {
        switch (_random.Next(11))
        {
            case 0 or 1:
                WriteSelfModification();
                break;
            case 2:
                Lines("mfmsr r6; " + ((string[])["xori r6,r6,0x800", "xori r6,r6,0x100", "xori r6,r6,0x8000", "xori r6,r6,0x2000",
                    "xoris r6,r6,0x200", "xori r6,r6,0x30", "xori r6,r6,0x10"])[_random.Next(7)] + "; mtmsrd r6,0; isync");
                break;
            case 3:
                // On by rfid, in another mode.
                Lines($"mfmsr r6; xori r6,r6,{((string[])["0x4000", "0x4000", "0x900", "0"])[_random.Next(4)]}; mtspr 27,r6; addi "
                    + $"r7,r28,{4 * (Here + 6)}; mtspr 26,r7; rfid");
                break;
            case 4:
                // Long and short addresses in turn.
                Lines("mfmsr r6; addi r7,r0,1; rldicr r7,r7,63,0; xor r6,r6,r7; mtmsrd r6,0; isync");
                break;
            case 5:
                Lines(_random.Next(3) == 0 ? "sc 1" : "sc 0");
                break;
            case 6:
                Lines(((string[])["slbie r1; isync", "slbie r28; isync", "slbia; isync", "tlbie r1,0; sync 0", "tlbie r28,1; sync 0",
                    "slbmfev r6,r4"])[_random.Next(6)]);
                break;
            case 7:
                Lines($"tdi {_random.Next(32)},r{_random.Next(4, 12)},{_random.Next(-2, 3)}; tw {_random.Next(32)},r7,r8");
                break;
            case 8:
                Lines(((string[])["mfspr r6,22", "mftb r6,268", "mtspr 22,r4", "mfspr r6,287", "mtspr 256,r7",
                    "mfspr r6,1"])[_random.Next(6)]);
                break;
            case 9:
                Lines(((string[])["or r1,r1,r1", "or r31,r31,r31", ".long 0", "mtfsfi 7,0", "mtfsfi 6,8", "mtfsb1 25", "mtfsb0 24",
                    "mtfsf 255,f3"])[_random.Next(8)]);
                break;
            default:
                // Somewhere else in the program, at the address of another view of it.
                Lines($"addis r6,r0,{_random.Next(2) * 0x2000}; addis r6,r6,2; addi r6,r6,{4 * _straight[_random.Next(_straight.Count)]}; "
                    + $"mtspr 9,r6; bcctr {(_random.Next(2) == 0 ? 20 : 12)},{_random.Next(32)},0");
                break;
        }
    }

    private void WriteSelfModification()
    {
        int place = _straight[_random.Next(_straight.Count)];
        uint word = Straight();
        Lines($"addi r29,r28,{4 * place}; addis r6,r0,{(short)(word >> 16)}; ori r6,r6,{word & 0xffff}; stw r6,0(r29)");
        if (_random.Next(2) == 0)
            Lines("dcbst r0,r29; sync 0; icbi r0,r29; isync");
    }

    // r28 is where the code runs, whichever of its addresses that is.
    private void Recover()
    {
        Lines($"bcl 20,31,{4 * (Here + 1)}");
        Lines($"mfspr r28,8; addi r28,r28,{-4 * Here}");
        Pointers();
    }

    private void Pointers()
    {
        Lines("mfspr r1,259; addi r2,r1,0x234");
        Lines(_random.Next(4) switch
        {
            0 => $"addi r3,r28,{4 * ProgramLayout.TailWord}",
            1 => "addis r3,r0,0x2001; ori r3,r3,0x8000",
            2 => "addi r3,r1,0x7f0",
            _ => "addis r3,r0,1; ori r3,r3,0xa000",
        });
        Lines($"addi r4,r0,{_random.Next(0, 512)}; addi r5,r0,{8 * _random.Next(0, 64)}");
    }

    private uint Straight()
    {
        PpuOp op = _favourites[_random.Next(_favourites.Length)];
        while (op is PpuOp.Lmw or PpuOp.Lswx or PpuOp.Lswi)
            op = CaseGenerator.Body[_random.Next(CaseGenerator.Body.Length)];
        uint word = CaseGenerator.Word(_random, op);
        PpuInstructionInfo info = PpuTable.Info(op);
        foreach (string name in (string[])["rt", "ra"])
        {
            // The registers of the convention mostly stay as they are.
            if (info.Field(name) is not { } field || _random.Next(24) == 0)
                continue;
            uint shift = (uint)System.Numerics.BitOperations.TrailingZeroCount(field.Mask);
            uint number = (word & field.Mask) >> (int)shift;
            if (number >= 24)
                word = (word & ~field.Mask) | ((number - 12) << (int)shift);
        }

        return PpuDecoder.Decode(word) == op ? word : Asm.Ori(6, 6, 0);
    }

    private int Reserve()
    {
        _words.Add(0);
        return Here - 1;
    }

    private void Lines(string text) => _words.AddRange(PpuAssembler.AssembleLines(text, 4 * (ulong)Here));
}
