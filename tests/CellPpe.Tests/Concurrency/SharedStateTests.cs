using CellPpe.Core;
using CellPpe.Ppe.Engines;
using CellPpe.Ppe.Isa;
using CellPpe.Ppe.State;
using CellPpe.Tests.Execution;

using Xunit;

namespace CellPpe.Tests.Concurrency;

/// <summary>Reservations, locks, translations and code that two threads share.</summary>
public sealed unsafe class SharedStateTests
{
    private const ulong Data = TwoThreads.Data;
    private const int Increments = 1_000_000;

    // In each round the threads wait for each other. On a busy host that means waiting for a time slice of the host.
    private static int Rounds => TwoThreads.Rounds / 20;

    [Theory]
    [InlineData(PpuEngine.Interpreter, "lwarx", "stwcx.", 4u)]
    [InlineData(PpuEngine.Compiled, "lwarx", "stwcx.", 4u)]
    [InlineData(PpuEngine.Interpreter, "ldarx", "stdcx.", 8u)]
    [InlineData(PpuEngine.Compiled, "ldarx", "stdcx.", 8u)]
    public void No_increment_of_a_shared_counter_is_lost(PpuEngine engine, string load, string store, uint bytes)
    {
        using var threads = new TwoThreads(engine);
        string program =
            $"add:;{load} r5,0,r3; addi r5,r5,1; {store} r5,0,r3; bc 4,2,{{add}}; addi r4,r4,-1; cmpi 0,1,r4,0; bc 4,2,{{add}}; b {{done}}";
        for (int thread = 0; thread < 2; thread++)
        {
            threads.State(thread).Gpr[3] = Data;
            threads.State(thread).Gpr[4] = Increments / 2;
        }

        threads.Run(program, program);

        Assert.Equal((ulong)Increments, bytes == 8 ? threads.Machine.Read64(Data) : threads.Machine.Read32(Data));
    }

    [Theory, MemberData(nameof(TwoThreads.Engines), MemberType = typeof(TwoThreads))]
    public void A_spin_lock_keeps_two_numbers_together(PpuEngine engine)
    {
        using var threads = new TwoThreads(engine);
        // r3 the lock, r6 and r7 two numbers on other lines that are only changed together.
        const string Program = """
            again:
            addi r9,r0,100
            mtspr 9,r9
            take:
            lwarx r5,0,r3
            cmpi 0,0,r5,0
            bc 4,2,{taken}
            stwcx. r4,0,r3
            bc 4,2,{take}
            sync 1
            ld r8,0(r6)
            ld r9,0(r7)
            cmpl 0,1,r8,r9
            bc 12,2,{same}
            addi r11,r11,1
            same:
            addi r8,r8,1
            std r8,0(r6)
            std r8,0(r7)
            sync 1
            stw r0,0(r3)
            addi r10,r10,-1
            cmpi 0,1,r10,0
            bc 4,2,{again}
            b {done}
            taken:
            bc 16,0,{take}
            or r31,r31,r31
            b {again}
            """;
        for (int thread = 0; thread < 2; thread++)
        {
            ref PpuState state = ref threads.State(thread);
            state.Gpr[3] = Data;
            state.Gpr[4] = 1;
            state.Gpr[6] = Data + 0x1000;
            state.Gpr[7] = Data + 0x2000;
            state.Gpr[10] = (ulong)TwoThreads.Rounds;
        }

        threads.Run(Program, Program);

        Assert.Equal((0ul, 0ul), (threads.State(0).Gpr[11], threads.State(1).Gpr[11]));
        Assert.Equal((ulong)TwoThreads.Rounds * 2, threads.Machine.Read64(Data + 0x1000));
    }

    [Theory, MemberData(nameof(TwoThreads.Engines), MemberType = typeof(TwoThreads))]
    public void A_translation_that_has_been_taken_away_is_never_used_again(PpuEngine engine)
    {
        using var threads = new TwoThreads(engine);
        TestMachine machine = threads.Machine;
        AddressSpace space = AddressSpace.WithCode(machine);
        space.Map(TestMachine.Code + 0x8000, TestMachine.Code + 0x8000);
        space.Map(0x8000, 0x8000);
        space.Segment(Data);
        space.Map(Data, Data);
        ulong seen = Data + 0x8000;
        ulong slot = space.Map(seen, Data + 0x1000);
        Share(threads);

        // The hypercall writes the round's number into the unmapped page and then maps that page.
        machine.Core.Threads[0].Hypervisor = new OneCall(round =>
        {
            ulong page = Data + 0x1000 + (0x1000 * (ulong)(round & 1));
            Assert.True(machine.Memory.TryWriteUInt64(new LparAddress(page), (ulong)round));
            (ulong v, ulong r) = space.Table.Read(slot);
            space.Table.Write(slot, 0, 0);
            space.Table.Write(slot, v, (r & 0xfff) | page);
        });
        threads.State(0).Gpr[14] = threads.State(1).Gpr[14] = Data;
        threads.State(0).Gpr[15] = (ulong)Rounds;
        threads.State(1).Gpr[15] = (ulong)Rounds;
        threads.State(1).Gpr[16] = seen;

        threads.Run(
            "map:;addi r20,r20,1; or r3,r20,r20; sc 1; sync 0; std r20,0(r14); cmpl 0,1,r20,r15; bc 12,0,{map}; b {done}",
            """
            look:
            ld r5,0(r14)
            sync 1
            ld r6,0(r16)
            cmpl 0,1,r6,r5
            bc 4,0,{good}
            addi r11,r11,1
            good:
            addi r12,r12,1
            cmpl 0,1,r5,r15
            bc 12,0,{look}
            b {done}
            """);

        Assert.Equal(0ul, threads.State(1).Gpr[11]);
        Assert.True(threads.State(1).Gpr[12] > 0);
    }

    [Theory, MemberData(nameof(TwoThreads.Engines), MemberType = typeof(TwoThreads))]
    public void Code_that_one_thread_writes_the_other_runs_as_written(PpuEngine engine)
    {
        using var threads = new TwoThreads(engine);
        TestMachine machine = threads.Machine;
        // Next to the code that runs, so that both become one region.
        ulong function = TwoThreads.CodeOf(1) + 0x100;
        machine.Load("addi r3,r0,0; bclr 20,0,0", function);
        for (int thread = 0; thread < 2; thread++)
        {
            ref PpuState state = ref threads.State(thread);
            state.Gpr[14] = Data;
            state.Gpr[15] = Data + 0x1000;
            state.Gpr[16] = function;
            state.Gpr[17] = (ulong)Math.Min(Rounds, 30_000);
            state.Gpr[18] = Asm.Addi(rt: 3, ra: 0, si: 0);
        }

        // Book II 3.2: store, dcbst, sync, icbi, sync; the thread that runs the code then needs an isync of its own.
        threads.Run(
            $$"""
            next:
            addi r10,r10,1
            or r5,r18,r10
            stw r5,0(r16)
            dcbst 0,r16
            sync 0
            icbi 0,r16
            sync 0
            std r10,0(r14)
            {{Wait("ran", "r15")}}
            cmpl 0,1,r10,r17
            bc 12,0,{next}
            b {done}
            """,
            $$"""
            next:
            addi r10,r10,1
            {{Wait("written", "r14")}}
            isync
            bl 0x{{function:x}}
            cmpl 0,1,r3,r10
            bc 12,2,{right}
            addi r11,r11,1
            right:
            sync 1
            std r10,0(r15)
            cmpl 0,1,r10,r17
            bc 12,0,{next}
            b {done}
            """);

        Assert.Equal(0ul, threads.State(1).Gpr[11]);
    }

    [Theory, MemberData(nameof(TwoThreads.Engines), MemberType = typeof(TwoThreads))]
    public void A_store_beside_code_that_is_being_decoded_is_not_lost(PpuEngine engine)
    {
        using var threads = new TwoThreads(engine);
        // One thread runs through pages it has not run before; the other stores to the word that is about to run.
        const int Pages = 12;
        ulong first = Data + 0x2000;
        for (int page = 0; page < Pages; page++)
        {
            ulong address = first + (0x1000 * (ulong)page);
            threads.Load(page + 1 < Pages ? $"addi r4,r4,1; b 0x{address + 0x1000:x}" : "addi r4,r4,1; bclr 20,0,0", address);
        }

        threads.State(0).Lr = TwoThreads.Done;
        threads.State(0).Ctr = first;

        threads.State(1).Gpr[14] = first;
        const string Store =
            "addi r6,r0,12\nmtspr 9,r6\nnext:\naddi r5,r5,1\nstw r5,0x800(r14)\nstw r5,0x804(r14)\naddi r14,r14,0x1000\nbc 16,0,{next}\nb "
            + "{done}";

        threads.Run("bcctr 20,0,0", Store);

        Assert.Equal((ulong)Pages, threads.State(0).Gpr[4]);
        for (uint page = 0; page < Pages; page++)
            Assert.Equal(page + 1, threads.Machine.Read32(first + (0x1000ul * page) + 0x800));
    }

    private static string Wait(string name, string place) => $$"""
        {{name}}again:
        addi r6,r0,200
        mtspr 9,r6
        {{name}}spin:
        ld r6,0({{place}})
        cmpl 0,1,r6,r10
        bc 4,0,{{{name}}}
        bc 16,0,{{{name}}spin}
        or r31,r31,r31
        b {{{name}}again}
        {{name}}:
        """;

    // The other thread translates as the first.
    private static void Share(TwoThreads threads)
    {
        for (int entry = 0; entry < 64; entry++)
        {
            threads.State(1).SlbEsid[entry] = threads.State(0).SlbEsid[entry];
            threads.State(1).SlbVsid[entry] = threads.State(0).SlbVsid[entry];
        }

        threads.Machine.Core.Threads[1].SetMsr(threads.State(0).Msr);
    }
}
