using Ps3Platform.Standalone;

using SpuRuntime.Engine;

using Xunit;

namespace Standalone.Tests;

/// <summary>How a program accesses a mapped page.</summary>
public enum MappedAccess
{
    /// <summary>It stores to it.</summary>
    Mapped,

    /// <summary>It stores to a read-only page.</summary>
    ReadOnly,

    /// <summary>It reads it after munmap.</summary>
    Gone,
}

/// <summary>Programs on an SPE alone print the same as natively compiled C; those that cannot continue report why and where.</summary>
public sealed class StandaloneTests : IDisposable
{
    private static readonly string[] Levels = ["O0", "O1", "O2", "O3"];

    // The torture programs of the normal run; PS3_SPU_TORTURE=all runs all of them.
    private static readonly string[] Sample = ["arith", "bitfields", "doubles", "formats", "gotos", "jumps", "lldivision", "strings", "structs", "varargs", "vectors"];

    private readonly string _folder = Directory.CreateTempSubdirectory("spu-run-").FullName;

    public static TheoryData<string, SpuEngine> TortureRuns
    {
        get
        {
            var runs = new TheoryData<string, SpuEngine>();
            foreach (string level in Levels)
            {
                foreach (SpuEngine engine in Enum.GetValues<SpuEngine>())
                    runs.Add(level, engine);
            }

            return runs;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, MemberData(nameof(TortureRuns))]
    public void Torture_programs_print_what_the_host_prints(string level, SpuEngine engine)
    {
        bool all = Environment.GetEnvironmentVariable("PS3_SPU_TORTURE") == "all";
        string[] names = all
            ? [.. Directory.EnumerateFiles(SpuPrograms.PathOf("expected")).Select(static path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal)]
            : Sample;

        SpuRun run = SpuPrograms.Run(SpuPrograms.Built($"torture/torture-{level}.elf"), engine: engine, arguments: names);

        Assert.Equal((StandaloneEnd.Exited, 0), (run.Outcome.End, run.Outcome.ExitCode));
        Assert.Equal(string.Concat(names.Select(static name => SpuPrograms.Text($"expected/{name}.txt"))), run.Output);
    }

    [Fact]
    public void Every_conversion_of_printf_and_scanf_is_the_hosts()
    {
        SpuRun run = SpuPrograms.Run(SpuPrograms.Built("standalone/stdio.elf"));

        Assert.Equal(SpuPrograms.Text("standalone/stdio.txt"), run.Output);
    }

    [Fact]
    public void Files_are_the_hosts()
    {
        string file = Path.Combine(_folder, "file");

        SpuRun library = SpuPrograms.Run(SpuPrograms.Built("standalone/library.elf"), arguments: file);
        SpuRun files = SpuPrograms.Run(SpuPrograms.Built("standalone/files.elf"), arguments: file);

        Assert.Equal(SpuPrograms.Text("standalone/library.txt"), library.Output);
        Assert.StartsWith("wrote 64 bytes\n6 lines, end 1, last end\nat 5: 1\nseek 60\nread 4 end\nwrite 4\n", files.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_call_about_files_and_names_is_the_hosts(bool countsInstructions)
    {
        SpuRun run = SpuPrograms.Run(SpuPrograms.Built("standalone/calls.elf"), countsInstructions: countsInstructions, arguments: Path.Combine(_folder, "calls"));

        Assert.Equal(SpuPrograms.Text("standalone/calls.txt"), run.Output);
        Assert.Equal("calls: Permission denied\n", run.Errors);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void Mapped_memory_and_files_are_one()
    {
        SpuRun run = SpuPrograms.Run(SpuPrograms.Built("standalone/mapping.elf"), arguments: Path.Combine(_folder, "mapping"));

        Assert.Equal(SpuPrograms.Text("standalone/mapping.txt"), run.Output);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void Variables_and_calls_reach_main_memory()
    {
        SpuRun run = SpuPrograms.Run(SpuPrograms.Built("standalone/ea.elf"), arguments: Path.Combine(_folder, "ea"));

        Assert.Equal(SpuPrograms.Text("standalone/ea.txt"), run.Output);
        Assert.Equal((StandaloneEnd.Exited, 0), (run.Outcome.End, run.Outcome.ExitCode));
    }

    [Theory]
    [InlineData(SpuEngine.Interpreter)]
    [InlineData(SpuEngine.Auto)]
    [InlineData(SpuEngine.Compiled)]
    public void Overlays_are_fetched_from_the_programs_file(SpuEngine engine)
    {
        SpuRun byScript = SpuPrograms.Run(SpuPrograms.Built("standalone/overlays.elf"), engine: engine);
        SpuRun byLinker = SpuPrograms.Run(SpuPrograms.Built("torture/torture-overlays.elf"), engine: engine, arguments: Sample);

        Assert.Equal(SpuPrograms.Text("standalone/overlays.txt"), byScript.Output);
        Assert.Equal(string.Concat(Sample.Select(static name => SpuPrograms.Text($"expected/{name}.txt"))), byLinker.Output);
    }

    [Fact]
    public void A_file_that_memory_has_no_room_for_is_refused()
    {
        var options = new StandaloneOptions { MemorySize = 128 << 10 };

        Assert.Contains("raise --memory", Assert.Throws<ArgumentException>(() => new StandaloneSpe(SpuPrograms.Built("standalone/overlays.elf"), options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_of_the_shell_prints_where_the_program_does()
    {
        // The block: the address of the text in its first word. newlib has no function for this call.
        const string Text = "echo to output; echo to errors >&2; exit 5";
        string words = string.Join('\n', Text.PadRight(64, '\0').Chunk(4).Select(static four => $".long 0x{(int)four[0]:x2}{(int)four[1]:x2}{(int)four[2]:x2}{(int)four[3]:x2}"));
        // Exits with 7 if the status is wait's for an exit code of 5.
        string code = "stop 0x2100\n.long 0x1f000040\nlqa $3,0x40\nil $4,0x500\nceq $5,$3,$4\nbrz $5,0x1c\nstop 0x2007\nstop 0x2001\n" + string.Concat(Enumerable.Repeat("lnop\n", 8));
        SpuRun run = SpuPrograms.Run(SpuPrograms.Assemble($"{code}.long 0x50\n.long 0\n.long 0\n.long 0\n{words}"));

        Assert.Equal(("to output\n", "to errors\n"), (run.Output, run.Errors));
        Assert.Equal((StandaloneEnd.Exited, 7), (run.Outcome.End, run.Outcome.ExitCode));
    }

    [Theory]
    [InlineData(MappedAccess.Gone, "DMA from 0x80000000, which is no memory")]
    [InlineData(MappedAccess.ReadOnly, "DMA to 0x80000000")]
    [InlineData(MappedAccess.Mapped, "exit code 9")]
    public void Dma_reaches_what_is_mapped_and_no_more(MappedAccess access, string message)
    {
        int protection = access == MappedAccess.ReadOnly ? 1 : 3;
        // mmap (11) of a page at block 0x100, munmap (14) with block 0x180, then a transfer of 16 bytes.
        string unmap = access == MappedAccess.Gone ? "stop 0x2101\n.long 0x0e000180\n" : "lnop\nlnop\n";
        string code = $"stop 0x2101\n.long 0x0b000100\n{unmap}il $2,0x300\nilhu $3,0x8000\nil $4,16\nil $5,0\nil $6,{(access == MappedAccess.Gone ? 0x40 : 0x20)}\n"
            + "wrch $ch16,$2\nwrch $ch17,$5\nwrch $ch18,$3\nwrch $ch19,$4\nwrch $ch20,$5\nwrch $ch21,$6\nil $7,1\nwrch $ch22,$7\nil $7,2\nwrch $ch23,$7\nrdch $8,$ch24\nstop 0x2009\n";
        int at = code.Split('\n').Length - 1;
        string block(params int[] quadwords) => string.Concat(quadwords.Select(static word => $".long {word}\n.long 0\n.long 0\n.long 0\n"));
        string blocks = string.Concat(Enumerable.Repeat(".long 0\n", (0x100 / 4) - at)) + block(0, 4096, protection, 0x22, -1, 0, 0, 0)
            + $".long 0\n.long {unchecked((int)0x8000_0000)}\n.long 0\n.long 0\n" + block(4096);

        SpuRun run = SpuPrograms.Run(SpuPrograms.Assemble(code + blocks));

        Assert.Contains(message, run.Outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sleeping_takes_the_programs_time_only()
    {
        // A day, by nanosleep (32); then it is over at once.
        string words = "stop 0x2101\n.long 0x20000010\nstop 0x2003\nlnop\n.long 0x30\n.long 0\n.long 0\n.long 0\n.long 0\n.long 0\n.long 0\n.long 0\n.long 0\n.long 86400\n.long 0\n.long 0\n";
        long started = System.Diagnostics.Stopwatch.GetTimestamp();

        SpuRun counted = SpuPrograms.Run(SpuPrograms.Assemble(words));
        SpuRun timed = SpuPrograms.Run(SpuPrograms.Assemble(words + "br 0"), new StandaloneLimits { Timeout = TimeSpan.FromMilliseconds(30) }, countsInstructions: false);

        Assert.Equal((StandaloneEnd.Exited, 3), (counted.Outcome.End, counted.Outcome.ExitCode));
        Assert.Equal(StandaloneEnd.Timeout, timed.Outcome.End);
        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(1));
    }

    [SkippableTheory]
    [InlineData("integer")]
    [InlineData("branchy")]
    public void Measured_programs_compute_what_the_host_computes(string name)
    {
        Skip.IfNot(Environment.GetEnvironmentVariable("PS3_SPU_TORTURE") == "all", "long: set PS3_SPU_TORTURE=all");

        Assert.Equal(SpuPrograms.Text($"standalone/{name}.txt"), SpuPrograms.Run(SpuPrograms.Built($"standalone/{name}.elf")).Output);
    }

    [Fact]
    public void Arguments_and_the_exit_code_are_passed()
    {
        SpuRun run = SpuPrograms.Run(SpuPrograms.Built("standalone/arguments.elf"), arguments: ["7", "", "two words", "-x"]);

        Assert.Equal((StandaloneEnd.Exited, 7), (run.Outcome.End, run.Outcome.ExitCode));
        Assert.Equal("4 arguments\n1: 7\n2: \n3: two words\n4: -x\n", run.Output);
    }

    [Fact]
    public void As_many_arguments_as_one_dma_moves()
    {
        string most = new('x', 0x4000 - 16 - 16);
        Assert.Contains("1 arguments", SpuPrograms.Run(SpuPrograms.Built("standalone/arguments.elf"), arguments: most).Output, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => SpuPrograms.Run(SpuPrograms.Built("standalone/arguments.elf"), arguments: most + "0123456789abcdef"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Channels_work_without_a_kernel(bool countsInstructions)
    {
        SpuRun run = SpuPrograms.Run(SpuPrograms.Built("standalone/channels.elf"), countsInstructions: countsInstructions);

        Assert.Equal("decrementer runs 1\nevent 20, then 0\ncounts 0 1 0 0 16\nmask 5a status 5a\ninterrupts 0\n", run.Output);
    }

    [Fact]
    public void With_the_instruction_clock_a_run_is_always_the_same()
    {
        SpuRun first = SpuPrograms.Run(SpuPrograms.Built("standalone/channels.elf"));
        SpuRun second = SpuPrograms.Run(SpuPrograms.Built("standalone/channels.elf"));

        Assert.Equal(first.Instructions, second.Instructions);
    }

    [Fact]
    public void A_halt_and_an_illegal_word_name_address_and_instruction()
    {
        SpuRun halt = SpuPrograms.Run(SpuPrograms.Built("standalone/halt.elf"));
        SpuRun illegal = SpuPrograms.Run(SpuPrograms.Built("standalone/illegal.elf"));

        Assert.Equal((StandaloneEnd.Halted, "halting\n"), (halt.Outcome.End, halt.Output));
        Assert.Matches(@"^halted at 0x[0-9a-f]{5}: heq ", halt.Outcome.Message);
        Assert.Equal((StandaloneEnd.InvalidInstruction, "illegal\n"), (illegal.Outcome.End, illegal.Output));
        Assert.Matches(@"^invalid instruction at 0x[0-9a-f]{5}: \.long 0x", illegal.Outcome.Message);
    }

    [Theory]
    [InlineData("il $3,0; stop 0x1234", StandaloneEnd.Stopped, "stopped with code 0x1234 at 0x00004: stop")]
    [InlineData("stop 0", StandaloneEnd.Stopped, "runs into zeros")]
    [InlineData("rdch $3,$ch29", StandaloneEnd.Waiting, "waits for ever on channel SPU_RdInMbox")]
    [InlineData("wrch $ch28,$3; wrch $ch28,$3", StandaloneEnd.Waiting, "SPU_WrOutMbox")]
    [InlineData("rdch $3,$ch31", StandaloneEnd.InvalidChannel, "invalid channel 31 at 0x00000: rdch")]
    [InlineData("stop 0x2100; .long 0x2a000000", StandaloneEnd.NotServed, "the C library's operation 42 is not served at 0x00000")]
    [InlineData("stop 0x2100; .long 0x7f000000", StandaloneEnd.NotServed, "operation 127")]
    [InlineData("stop 0x2101; .long 0x11000000", StandaloneEnd.NotServed, "POSIX shmat is not served")]
    [InlineData("stop 0x2104; .long 16; .long 0; .long 0; .long 0; .long 102", StandaloneEnd.NotServed, "system call 102 of the Linux kernel is not served")]
    [InlineData("stop 0x2102; .long 0", StandaloneEnd.NotServed, "the call-back with stop code 0x2102")]
    [InlineData("il $3,0x55; stop 0x20ab", StandaloneEnd.Exited, "exit code 171")]
    public void Every_other_end_says_what_and_where(string words, StandaloneEnd end, string message)
    {
        SpuRun run = SpuPrograms.Run(SpuPrograms.Assemble(words));

        Assert.Equal(end, run.Outcome.End);
        Assert.Contains(message, run.Outcome.Message, StringComparison.Ordinal);
    }

    // Channels 16 to 21: local store address, address (high, low), size, tag, command.
    [Theory]
    [InlineData(0x100, 0, 16, 0x40, "DMA from 0x100, which is no memory")]
    [InlineData(0x100, 0, 16, 0x20, "DMA to 0x100, which is no memory")]
    [InlineData(0x7fff0000, 0, 16, 0x20, "DMA to 0x7fff0000")]
    [InlineData(0x10000, 0, 15, 0x40, "size or an alignment")]
    [InlineData(0x10004, 0, 16, 0x40, "size or an alignment")]
    [InlineData(0x10000, 0, 16, 0x7f, "invalid DMA command")]
    public void Wrong_dma_is_an_error(int address, int local, int size, int command, string message)
    {
        string words = $"""
            il $2,{local}
            ilhu $3,{address >> 16}
            iohl $3,{address & 0xffff}
            il $4,{size}
            il $5,0
            il $6,{command}
            wrch $ch16,$2
            wrch $ch17,$5
            wrch $ch18,$3
            wrch $ch19,$4
            wrch $ch20,$5
            wrch $ch21,$6
            br 0x30
            """;

        SpuRun run = SpuPrograms.Run(SpuPrograms.Assemble(words));

        Assert.Equal(StandaloneEnd.DmaError, run.Outcome.End);
        Assert.Contains(message, run.Outcome.Message, StringComparison.Ordinal);
        Assert.Contains("wrch    $ch21,$6", run.Outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_end_a_program_that_does_not()
    {
        var program = SpuPrograms.Assemble("br 0");
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        SpuRun counted = SpuPrograms.Run(program, new StandaloneLimits { Instructions = 12345 });
        SpuRun timed = SpuPrograms.Run(program, new StandaloneLimits { Timeout = TimeSpan.FromMilliseconds(20) });
        SpuRun cancelled = SpuPrograms.Run(program, new StandaloneLimits { Cancel = cancel.Token });

        Assert.Equal((StandaloneEnd.InstructionLimit, 12345UL), (counted.Outcome.End, counted.Instructions));
        Assert.Equal(StandaloneEnd.Timeout, timed.Outcome.End);
        Assert.Equal(StandaloneEnd.Cancelled, cancelled.Outcome.End);
    }

    // Only the decrementer's event is enabled: with the host's clock the wait takes its real time, otherwise none.
    [Theory]
    [InlineData(false, 79_800, 0.0009)]
    [InlineData(true, 1_000_000_000, 0)]
    public void Waiting_for_the_decrementer_ends(bool countsInstructions, int ticks, double least)
    {
        long started = System.Diagnostics.Stopwatch.GetTimestamp();
        SpuRun run = SpuPrograms.Run(
            SpuPrograms.Assemble($"il $3,0x20; wrch $ch1,$3; ilhu $4,{ticks >> 16}; iohl $4,{ticks & 0xffff}; wrch $ch7,$4; rdch $5,$ch0; stop 0x2005"), countsInstructions: countsInstructions);

        Assert.Equal((StandaloneEnd.Exited, 5), (run.Outcome.End, run.Outcome.ExitCode));
        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds >= least);
    }

    [Fact]
    public void A_hostile_call_back_touches_nothing_but_local_store()
    {
        var random = new Random(1);
        for (int round = 0; round < 300; round++)
        {
            uint code = (uint)(0x2100 + random.Next(6));
            // Not those that would make a file of the host's (fopen, freopen, open, shm_open, mkdir, mknod, link, symlink, mkstemp) or run a command.
            uint operation = (uint)random.Next(80) is var any and not (10 or 14 or 15 or 21 or 31 or 35 or 36 or 44 or 45 or 53) ? any : 0;
            string words = string.Join('\n', Enumerable.Range(0, 60).Select(_ => $".long {random.Next()}"));
            SpuRun run = SpuPrograms.Run(
                SpuPrograms.Assemble($"br 8\n.long 0\nstop {code}\n.long {(operation << 24) | (uint)random.Next(0x40000)}\nstop 0x2000\n{words}"),
                new StandaloneLimits { Instructions = 1000, Timeout = TimeSpan.FromSeconds(10) }, input: "input");

            // Results of calls may have overwritten the program.
            Assert.NotEqual(StandaloneEnd.Timeout, run.Outcome.End);
        }
    }
}
