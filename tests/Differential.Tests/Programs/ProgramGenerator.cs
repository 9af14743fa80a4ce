using CellPpe.Ppe.Engines;
using CellPpe.Ppe.Isa;
using CellPpe.Ppe.State;

using Differential.Tests.Guest;

namespace Differential.Tests.Programs;

/// <summary>Makes random programs with their machines: what is hot, what faults and what changes itself in changing shares.</summary>
internal static class ProgramGenerator
{
    private const ulong SegmentValid = 0x0800_0000;
    private const ulong LargePages = 0x100;
    private const int Segments = 3;

    private static readonly PpuOp[] NumericBody =
    [
        PpuOp.Fadds, PpuOp.Fsubs, PpuOp.Fmuls, PpuOp.Fdivs, PpuOp.Fmadds, PpuOp.Fmsubs, PpuOp.Fnmadds, PpuOp.Fnmsubs,
        PpuOp.Fadds, PpuOp.Fsubs, PpuOp.Fmuls, PpuOp.Fmadds, PpuOp.Fadds, PpuOp.Fsubs, PpuOp.Fmuls, PpuOp.Fnmsubs,
        PpuOp.Lfs, PpuOp.Stfs, PpuOp.Lfsu, PpuOp.Stfsx, PpuOp.Fmr, PpuOp.Fneg, PpuOp.Fabs, PpuOp.Fnabs, PpuOp.Frsp, PpuOp.Fcmpu,
        PpuOp.Fsel, PpuOp.Fadd, PpuOp.Stfd, PpuOp.Mffs, PpuOp.Fres, PpuOp.Fctiwz, PpuOp.Addi, PpuOp.Cmp,
    ];

    /// <summary>The case of a seed.</summary>
    public static ProgramCase Make(int seed)
    {
        var random = new Random(seed);
        uint[] words = new ProgramWriter(random).Write();
        MappedPage[] pages = [.. Pages(random)];
        return new ProgramCase(
            seed, words, ProgramHandlers.Make(random), pages, State(random), Slices(random, words.Length, pages.Length), Options(random),
            random.Next(4) != 0);
    }

    /// <summary>A program that mostly computes with single-precision numbers, as they are in most programs: of moderate size.</summary>
    public static unsafe ProgramCase MakeNumeric(int seed)
    {
        ProgramCase program = Make(seed);
        var random = new Random(~seed);
        PpuState state = program.State;
        state.Msr |= Msr.Fp;
        if (random.Next(8) != 0)
            state.Fpscr.Value = Fpscr.Summarize(Fpscr.Xx);
        // Those beyond single precision make NaNs of everything, so that most programs have none.
        bool large = random.Next(4) == 0;
        for (int index = 0; index < 32; index++)
        {
            if (large && random.Next(8) == 0)
                state.Fpr[index] = StateGenerator.NearEndOfSingles(random);
            else if (large && random.Next(8) == 0)
                state.Fpr[index] = BitConverter.DoubleToUInt64Bits(Math.ScaleB(1 + random.NextDouble(), random.Next(-130, -2)));
            else if (random.Next(12) != 0)
                state.Fpr[index] = BitConverter.DoubleToUInt64Bits((float)((random.NextDouble() - 0.5) * Math.Pow(2, random.Next(-6, 6))));
        }

        return program with { Words = new ProgramWriter(random, NumericBody).Write(), State = state };
    }

    // Half of the programs begin in native code, where the host has it, and most of those go on in regions.
    private static EngineOptions Options(Random random)
    {
        EngineOptions options = RegionOptions(random);
        return random.Next(2) == 0 ? options
            : options with { NativeThreshold = 2 + random.Next(2), Threshold = ((int[])[3, 12, 10_000])[random.Next(3)] };
    }

    private static EngineOptions RegionOptions(Random random) => new()
    {
        Threshold = random.Next(4) == 0 ? 4 : 2,
        Synchronous = true,
        LargeThreshold = ((int[])[2, 5, 10_000])[random.Next(3)],
        MostInstructions = random.Next(6) == 0 ? 100 : 200_000,
        Small = random.Next(
            3) switch
        { 0 => new PpuRegionLimits(8, 3, 1, false), 1 => new PpuRegionLimits(24, 32, 2, false), _ => PpuRegionLimits.Small },
        Large = random.Next(3) == 0 ? new PpuRegionLimits(40, 6, 2, true) : PpuRegionLimits.Large,
    };

    private static unsafe PpuState State(Random random)
    {
        PpuState state = StateGenerator.Make(random);
        bool translated = random.Next(3) != 0;
        ulong msr = (state.Msr & ~Msr.Pr) | (random.Next(3) != 0 ? Msr.Ee : 0) | (random.Next(40) == 0 ? Msr.Se : 0)
            | (random.Next(60) == 0 ? Msr.Be : 0);
        if (translated)
            msr |= Msr.Ir | Msr.Dr | (random.Next(3) == 0 ? Msr.Pr | Msr.Ee : 0);
        else if (random.Next(6) == 0)
            msr |= random.Next(2) == 0 ? Msr.Ir : Msr.Dr;
        state.Msr = msr;
        ulong far = translated && (msr & Msr.Sf) != 0 && random.Next(2) == 0 ? ProgramLayout.Alias : translated && random.Next(3) == 0
            ? ProgramLayout.Large : 0;
        state.Nia = far + ProgramLayout.Code;
        state.Sprg[1] = random.Next(2) == 0 ? state.Nia : ProgramLayout.Code;
        ulong data = translated ? ((ulong[])[0, ProgramLayout.Alias, ProgramLayout.Large])[random.Next(3)] : 0;
        state.Sprg[3] = data + ProgramLayout.Middle;
        state.DecrementerZero = (ulong)random.Next(50_000);
        state.Ctrl = 0x80c0_0001;
        foreach (ulong address in (ulong[])[0, ProgramLayout.Large, ProgramLayout.Alias])
        {
            // The refill handler puts them where these are.
            int index = (int)(address >> 28) & 15;
            if (random.Next(8) == 0)
                continue;
            index = address == ProgramLayout.Alias ? 1 : index;
            state.SlbEsid[index] = address | SegmentValid;
            state.SlbVsid[index] = (Vsid(address) << 12) | (address == ProgramLayout.Large ? LargePages : 0);
        }

        return state;
    }

    public static ulong Vsid(ulong address) => 0x1000 + (address >> 28);

    private static IEnumerable<MappedPage> Pages(Random random)
    {
        const ulong Touched = 0x180;
        bool tidy = random.Next(3) == 0;
        ulong Attributes() => tidy ? Touched : Protection(random) | ((ulong)random.Next(4) << 7);
        foreach (ulong segment in (ulong[])[0, ProgramLayout.Alias])
        {
            for (ulong page = ProgramLayout.Data; page < ProgramLayout.Code + ProgramLayout.CodeSize; page += 0x1000)
            {
                bool first = page == ProgramLayout.Code;
                if (!tidy && !first && random.Next(8) == 0)
                    continue;
                bool elsewhere = !tidy && !first && random.Next(8) == 0;
                ulong real = elsewhere ? (ulong)random.Next(0x10, 0x28) << 12 : page;
                yield return new MappedPage(segment + page, real, first ? Touched : Attributes(), 12);
            }
        }

        if (random.Next(5) != 0)
            yield return new MappedPage(ProgramLayout.Large, 0, random.Next(4) == 0 ? Attributes() : Touched, 24);
    }

    // Mostly what lets everything be done: the keys of the segments are 0.
    private static ulong Protection(Random random) => random.Next(8) switch
    {
        0 => (ulong)random.Next(4) | 4,
        1 => (ulong)random.Next(4) | 8,
        2 => 3,
        _ => (ulong)random.Next(3),
    };

    private static Slice[] Slices(Random random, int words, int pages)
    {
        bool quiet = random.Next(3) == 0;
        int longest = ((int[])[20, 300, 5000])[random.Next(3)];
        var slices = new Slice[random.Next(4, 40)];
        foreach (ref Slice slice in slices.AsSpan())
        {
            int budget = random.Next(8) switch { 0 => random.Next(1, 4), 1 => random.Next(1, 40), _ => random.Next(1, longest) };
            OutsideEvent happens = quiet || random.Next(2) == 0 ? OutsideEvent.None
                : (OutsideEvent)random.Next((int)OutsideEvent.DropCode + 1);
            int place = happens == OutsideEvent.StoreCode ? random.Next(words) : happens == OutsideEvent.StoreData
                ? random.Next((int)ProgramLayout.DataSize / 4) : random.Next(pages);
            uint value = happens == OutsideEvent.StoreCode
                ? CaseGenerator.Word(random, CaseGenerator.Body[random.Next(CaseGenerator.Body.Length)])
                : (uint)random.Next(4) == 0 ? 3u : (uint)random.Next(8);
            slice = new Slice(budget, happens, place, value);
        }

        return slices;
    }
}
