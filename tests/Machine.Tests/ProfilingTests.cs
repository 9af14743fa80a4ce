using System.Text;
using System.Text.Json;

using CellPpe.Core;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Threads;

using Ps3Platform.Loaders.Elf;
using Ps3Platform.Machine;
using Ps3Platform.Machine.Profiling;

using Xunit;

namespace Machine.Tests;

/// <summary>Samples of the embedded guest: they do not change the run, find its functions, and are written in viewers' formats.</summary>
public sealed class ProfilingTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMicroseconds(50);

    [Fact]
    public void A_profiled_run_is_the_same_run()
    {
        using Ps3Machine plain = Penguin.Build(out StringBuilder plainText);
        plain.Run(new RunLimits());
        using Ps3Machine profiled = Run(out GuestProfile profile, out StringBuilder profiledText);

        Assert.True(profile.Samples > 50, $"{profile.Samples} samples");
        Assert.Equal(plainText.ToString(), profiledText.ToString());
        Assert.Equal(plain.Instructions, profiled.Instructions);
        Assert.Equal(MachineStateHash.Of(plain), MachineStateHash.Of(profiled));
    }

    [Fact]
    public void Functions_that_are_hot_are_found_under_their_callers()
    {
        using Ps3Machine machine = Run(out GuestProfile profile, out _);

        IReadOnlyList<HotFunction> functions = HotFunctions.Of(profile);
        HotFunction main = functions.First(function => function.Name == "kernel_main");

        Assert.True(main.Total > 0.1, $"kernel_main and what it calls: {main.Total}");
        Assert.Equal(1, functions.Sum(function => function.Self), 6);
        Assert.Equal(profile.Samples, functions.Sum(function => function.Samples));
        // The guest's processes have no symbols here.
        Assert.Contains(functions, function => function.Name.StartsWith("user 0x", StringComparison.Ordinal));
    }

    [Fact]
    public void The_speedscope_file_has_a_profile_for_each_thread()
    {
        using Ps3Machine machine = Run(out GuestProfile profile, out _);
        using var file = new MemoryStream();

        SpeedscopeWriter.Write(profile, "penguin", file);

        using JsonDocument json = JsonDocument.Parse(file.ToArray());
        int frames = json.RootElement.GetProperty("shared").GetProperty("frames").GetArrayLength();
        JsonElement profiles = json.RootElement.GetProperty("profiles");
        Assert.Equal("https://www.speedscope.app/file-format-schema.json", json.RootElement.GetProperty("$schema").GetString());
        Assert.Equal(2, profiles.GetArrayLength());
        foreach (JsonElement thread in profiles.EnumerateArray())
        {
            Assert.Equal("sampled", thread.GetProperty("type").GetString());
            Assert.Equal("microseconds", thread.GetProperty("unit").GetString());
            Assert.Equal(thread.GetProperty("samples").GetArrayLength(), thread.GetProperty("weights").GetArrayLength());
            Assert.All(thread.GetProperty("samples").EnumerateArray().SelectMany(stack => stack.EnumerateArray()), frame => Assert.InRange(frame.GetInt32(), 0, frames - 1));
            Assert.Equal(thread.GetProperty("endValue").GetDouble(), thread.GetProperty("weights").EnumerateArray().Sum(weight => weight.GetDouble()), 0.5);
        }
    }

    [Fact]
    public void Trace_events_begin_and_end_in_pairs_and_in_order()
    {
        using Ps3Machine machine = Run(out GuestProfile profile, out _);
        using var file = new MemoryStream();

        ChromeTraceWriter.Write(profile, "penguin", file);

        using JsonDocument json = JsonDocument.Parse(file.ToArray());
        var depth = new int[2];
        var last = new double[2];
        foreach (JsonElement item in json.RootElement.GetProperty("traceEvents").EnumerateArray())
        {
            string phase = item.GetProperty("ph").GetString()!;
            if (phase == "M")
                continue;
            int thread = item.GetProperty("tid").GetInt32();
            depth[thread] += phase == "B" ? 1 : -1;
            Assert.True(depth[thread] >= 0, "an end without a beginning");
            Assert.True(item.GetProperty("ts").GetDouble() >= last[thread], "time goes backwards");
            last[thread] = item.GetProperty("ts").GetDouble();
        }

        Assert.Equal([0, 0], depth);
        Assert.True(last[0] > 0);
    }

    [Theory]
    [InlineData(0x3000, 0x3000)] // points at itself
    [InlineData(0x3000, 0x2000)] // and back again
    [InlineData(0x3001, 0x3001)] // not aligned
    [InlineData(0xffff_ffff_ffff_fff8, 0)] // no memory
    [InlineData(0x3ff8, 0)] // ends at the page's end
    public unsafe void A_hostile_stack_ends_the_walk(ulong stackPointer, ulong backChain)
    {
        using Ps3Machine machine = Penguin.Build(out _);
        PpuThread thread = machine.Ppe.Threads[0];
        Assert.True(machine.Memory.TryWriteUInt64(new LparAddress(0x3000), backChain));
        Assert.True(machine.Memory.TryWriteUInt64(new LparAddress(0x3010), 0x4000));
        Assert.True(machine.Memory.TryWriteUInt64(new LparAddress(0x2000), 0x3000));
        Assert.True(machine.Memory.TryWriteUInt64(new LparAddress(0x2010), 0x5000));
        thread.State.Gpr[1] = stackPointer;
        var stack = new int[StackWalker.MostFrames];

        int depth = Walker().Walk(thread, stack);

        Assert.InRange(depth, 1, 32);
    }

    [Fact]
    public unsafe void A_stack_without_end_is_cut_off()
    {
        using Ps3Machine machine = Penguin.Build(out _);
        PpuThread thread = machine.Ppe.Threads[0];
        for (ulong at = 0x10_0000; at < 0x12_0000; at += 32)
        {
            Assert.True(machine.Memory.TryWriteUInt64(new LparAddress(at), at + 32));
            Assert.True(machine.Memory.TryWriteUInt64(new LparAddress(at + 16), 0x10_0000 + at));
        }

        thread.State.Gpr[1] = 0x10_0000;

        Assert.Equal(StackWalker.MostFrames, Walker().Walk(thread, new int[4 * StackWalker.MostFrames]));
    }

    // pt_regs of Linux: registers at 112, then NIP, MSR, orig_gpr3, CTR, LR; the mark at doubleword 12.
    [Theory]
    [InlineData(0x5245_4753)]
    [InlineData(0x7265_6773_6865_7265)]
    public unsafe void An_interrupt_frame_leads_to_what_was_interrupted(ulong mark)
    {
        using Ps3Machine machine = Penguin.Build(out _);
        PpuThread thread = machine.Ppe.Threads[0];
        void Write(ulong address, ulong value) => Assert.True(machine.Memory.TryWriteUInt64(new LparAddress(address), value));
        const ulong Frame = 0x10_0000;
        Write(Frame + 96, mark);
        Write(Frame + 112 + 8, 0);
        Write(Frame + 112 + 256, 0x7000_0000);
        Write(Frame + 112 + 264, Msr.Sf | Msr.Pr);
        Write(Frame + 112 + 288, 0x7100_0004);
        thread.State.Gpr[1] = Frame;
        thread.State.Nia = 0x6000_0000;
        thread.State.Lr = 0;
        var frames = new FrameTable(new FunctionNames([]), new FunctionNames([]));
        var stack = new int[StackWalker.MostFrames];

        int depth = new StackWalker(frames).Walk(thread, stack);

        Assert.Equal(["kernel 0x60000000", "user 0x70000000", "user 0x71000000"], stack.Take(depth).Select(frame => frames.Names[frame]));
    }

    [Fact]
    public void A_long_run_is_kept_completely_but_more_coarsely()
    {
        var timeline = new ThreadTimeline();
        const int Samples = (4 * ThreadTimeline.MostSamples) + 3;
        for (int index = 1; index <= Samples; index++)
            timeline.Add(new TimelineSample((ulong)index * 10, 10, index % 7));

        ulong ticks = 0;
        foreach (TimelineSample sample in timeline.Samples)
            ticks += sample.Ticks;
        Assert.InRange(timeline.Samples.Length, 1, ThreadTimeline.MostSamples);
        Assert.Equal(10UL * Samples, ticks);
        Assert.Equal(10UL * Samples, timeline.Samples[^1].End);
    }

    [Fact]
    public void Stacks_beyond_the_bound_count_for_their_longest_known_part()
    {
        var tree = new StackTree();
        for (int index = 0; index < StackTree.MostNodes + 100; index++)
            tree.Add([index, 1], 1);

        long samples = 0;
        foreach (StackTree.Node node in tree.Nodes)
            samples += node.Samples;
        Assert.Equal(StackTree.MostNodes, tree.Nodes.Length);
        Assert.Equal(StackTree.MostNodes + 100, samples);
    }

    [Fact]
    public void Pages_without_symbols_are_bounded()
    {
        var frames = new FrameTable(new FunctionNames([]), new FunctionNames([]));
        for (ulong page = 0; page < 2 * FrameTable.MostPages; page++)
            frames.Resolve(page << 12, problemState: true);

        Assert.Equal(FrameTable.MostPages + 1, frames.Names.Count);
    }

    [Fact]
    public void Symbols_name_their_own_bytes_and_real_mode_code_of_Linux_too()
    {
        var symbols = new SymbolTable(
        [
            new ElfSymbol(".sized", 0xc000_0000_0000_1000, 8, 2), new ElfSymbol("label", 0xc000_0000_0000_1000, 0, 0),
            new ElfSymbol("unsized", 0xc000_0000_0000_2000, 0, 0), new ElfSymbol("data", 0xc000_0000_0000_2010, 8, 1),
        ]);
        var frames = new FrameTable(new FunctionNames([symbols]), new FunctionNames([]));
        string Name(ulong address, bool problem = false) => frames.Names[frames.Resolve(address, problem)];

        Assert.Equal("sized", Name(0xc000_0000_0000_1004));
        Assert.Equal("sized", Name(0x1004));
        Assert.Equal("kernel 0xc000000000001000", Name(0xc000_0000_0000_1008));
        Assert.Equal("unsized", Name(0xc000_0000_0000_2014));
        Assert.Equal("user 0x1000", Name(0x1004, problem: true));
    }

    private static StackWalker Walker() => new(new FrameTable(new FunctionNames([]), new FunctionNames([])));

    private static Ps3Machine Run(out GuestProfile profile, out StringBuilder text)
    {
        Ps3Machine machine = Penguin.Build(out text);
        profile = new GuestProfile(machine.Config.Threads, machine.Config.Kernel.Symbols, []);
        machine.Sampler = new GuestSampler(profile, Interval);
        Assert.Equal(RunEnd.PowerOff, machine.Run(new RunLimits()).End);
        return machine;
    }
}
