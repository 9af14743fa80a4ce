using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

using Microsoft.Extensions.Logging;

using SpuRuntime.Engine;
using SpuRuntime.Execution;
using SpuRuntime.Execution.Regions;
using SpuRuntime.State;

namespace SpuSpeed;

/// <summary>
/// Runs an SPU program's function over and over and says how long each turn took: SpuSpeed FILE ENGINE MODE ARGUMENT TURNS. The program
/// begins with its argument in register 3 and a stack in register 1, and stops with its result in register 3.
/// </summary>
public static unsafe class Program
{
    private const uint Stack = 0x3ff00;

    public static int Main(string[] args)
    {
        if (args.Length != 5)
        {
            Console.Error.WriteLine("usage: SpuSpeed FILE auto|interpreter|compiled exact|relaxed ARGUMENT TURNS");
            return 2;
        }

        var engine = Enum.Parse<SpuEngine>(args[1], ignoreCase: true);
        var mode = Enum.Parse<SpuFloatMode>(args[2], ignoreCase: true);
        uint argument = uint.Parse(args[3], CultureInfo.InvariantCulture);
        int turns = int.Parse(args[4], CultureInfo.InvariantCulture);
        byte* localStore = (byte*)NativeMemory.AlignedAlloc(SpuState.LocalStoreSize, 128);
        NativeMemory.Clear(localStore, SpuState.LocalStoreSize);
        uint entry = Load(File.ReadAllBytes(args[0]), new Span<byte>(localStore, SpuState.LocalStoreSize));
        using SpuCodeCache? code = SpuCodeCache.Create(engine, mode, new ErrorLog());
        using var core = new SpuCore(localStore, new NoChannels(), code: code);
        for (int turn = 0; turn < turns; turn++)
        {
            core.State.Pc = entry;
            core.State.Registers[1] = Vector128.Create(Stack).AsByte();
            core.State.Registers[3] = Vector128.Create(argument).AsByte();
            ulong before = core.State.Instructions;
            double started = ThreadSeconds();
            SpuExit exit;
            do
                exit = core.Run(10_000_000);
            while (exit.Reason == SpuExitReason.Budget);
            double seconds = ThreadSeconds() - started;
            if (exit.Reason != SpuExitReason.Stopped)
            {
                Console.Error.WriteLine($"{exit} at 0x{core.State.Pc:x}");
                return 1;
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{seconds:f6} {core.State.Registers[3].AsUInt32().GetElement(3):x8} {core.State.Instructions - before} "
                + $"{core.Statistics}"));
        }

        if (code is not null)
            Console.Error.WriteLine(code.Work);
        return 0;
    }

    // The host thread's own time: others share the processors.
    private static double ThreadSeconds()
    {
        const int ThreadCpuTime = 3;
        long* time = stackalloc long[2];
        _ = ClockGetTime(ThreadCpuTime, time);
        return time[0] + (1e-9 * time[1]);
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    private static extern int ClockGetTime(int clock, long* time);

    private static uint Load(ReadOnlySpan<byte> elf, Span<byte> localStore)
    {
        int headers = (int)Word(elf, 28);
        int count = BinaryPrimitives.ReadUInt16BigEndian(elf[44..]);
        for (int index = 0; index < count; index++)
        {
            ReadOnlySpan<byte> header = elf[(headers + (32 * index))..];
            if (Word(header, 0) == 1)
                elf.Slice((int)Word(header, 4), (int)Word(header, 16)).CopyTo(localStore[(int)Word(header, 8)..]);
        }

        return Word(elf, 24);
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32BigEndian(bytes[offset..]);

    private sealed class ErrorLog : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Console.Error.WriteLine($"{formatter(state, exception)}\n{exception}");
    }

    private sealed class NoChannels : ISpuChannels
    {
        public bool CheckEvents() => false;

        public ChannelResult Read(int channel, out uint value)
        {
            value = 0;
            return ChannelResult.Invalid;
        }

        public ChannelResult Write(int channel, uint value) => ChannelResult.Invalid;

        public uint Count(int channel) => 0;
    }
}
