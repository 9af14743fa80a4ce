using System.Globalization;
using System.Text.RegularExpressions;

using CellPpe.Core;
using CellPpe.Core.Ports;
using CellPpe.Ppe;
using CellPpe.Ppe.Engines;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Threads;
using CellPpe.Tests.Execution;

using Xunit;

namespace CellPpe.Tests.Concurrency;

/// <summary>
/// Two hardware threads, each on a host thread of its own, with a program each. Programs may have labels ("name:" and
/// "{name}"); each ends by going to "{done}".
/// </summary>
internal sealed partial class TwoThreads : IDisposable
{
    public const ulong Data = TestMachine.Data;

    private const ulong CodeOfEach = 0x8000;
    public const ulong Done = 0x8000;
    private const long Turn = 5000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public TwoThreads(PpuEngine engine)
    {
        Machine = new TestMachine(
            new PpuConfiguration(2, Data + TestMachine.DataSize, Engine: engine, ExactBudgets: false, HostThreads: true)
            {
                Options = EngineOptions.Of(engine),
            });
        Machine.Load("b 0x8000", Done);
    }

    public TestMachine Machine { get; }

    /// <summary>The number of rounds: 10^5 by default, or what the environment variable asks for.</summary>
    public static int Rounds { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("PPE_CONCURRENCY_ROUNDS"), CultureInfo.InvariantCulture, out int asked) ? asked
        : 100_000;

    public static TheoryData<PpuEngine> Engines => [PpuEngine.Interpreter, PpuEngine.Compiled];

    /// <summary>Where the program of a thread begins.</summary>
    public static ulong CodeOf(int thread) => TestMachine.Code + (CodeOfEach * (ulong)thread);

    public ref PpuState State(int thread) => ref Machine.Core.Threads[thread].State;

    /// <summary>The host address of a doubleword of <see cref="Data"/>.</summary>
    public unsafe ulong* HostOf(ulong address) =>
        Machine.Memory.TrySlice(new LparAddress(address), sizeof(ulong), RegionAccess.ReadWrite, out Span<byte> bytes)
            ? (ulong*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref bytes[0])
            : throw new ArgumentOutOfRangeException(nameof(address));

    /// <summary>Assembles a program to an address.</summary>
    public void Load(string program, ulong address)
    {
        var labels = new Dictionary<string, ulong> { ["done"] = Done };
        var lines = new List<string>();
        foreach (string raw in program.Split('\n', ';'))
        {
            string line = raw.Split('#')[0].Trim();
            if (line.EndsWith(':'))
                labels[line[..^1]] = address + (4 * (ulong)lines.Count);
            else if (line.Length > 0)
                lines.Add(line);
        }

        Machine.Load(
            string.Join('\n', lines.Select(line => Label().Replace(line, name => $"0x{labels[name.Groups[1].Value]:x}"))), address);
    }

    /// <summary>Runs both programs to their ends.</summary>
    public void Run(string first, string second)
    {
        Load(first, CodeOf(0));
        Load(second, CodeOf(1));
        Thread[] hosts = [.. Machine.Core.Threads.Select(thread => new Thread(() => RunThread(thread)))];
        foreach (PpuThread thread in Machine.Core.Threads)
            thread.State.Nia = CodeOf(thread.ThreadId);
        foreach (Thread host in hosts)
            host.Start();
        foreach (Thread host in hosts)
            host.Join();
        Assert.All(Machine.Core.Threads, static thread => Assert.Equal(Done, thread.State.Nia));
        Assert.Equal(0, Machine.Core.Statistics.Failures);
    }

    public void Dispose() => Machine.Dispose();

    private static void RunThread(PpuThread thread)
    {
        long started = System.Diagnostics.Stopwatch.GetTimestamp();
        thread.Attach();
        while (thread.State.Nia != Done && System.Diagnostics.Stopwatch.GetElapsedTime(started) < Patience)
            thread.Run(Turn);
        thread.Detach();
    }

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Label();
}

/// <summary>A hypervisor with a single hypercall, which the test defines.</summary>
internal sealed class OneCall(Action<int> call) : IHypervisor
{
    public Lv1Status Call(ILogicalPpeThread caller, ref HypercallFrame frame)
    {
        call((int)frame.In[0]);
        return Lv1Status.Success;
    }
}
