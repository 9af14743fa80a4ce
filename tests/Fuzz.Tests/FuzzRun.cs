using System.Diagnostics;
using System.Globalization;
using Ps3Platform.Loaders;
using Xunit;
using Xunit.Abstractions;

namespace Fuzz.Tests;

/// <summary>
/// Feeds damaged bytes to a parser. It may succeed or report the error (file and offset); any other exception, much
/// memory or much time is a bug. PS3_FUZZ_ROUNDS sets the number of cases per target, PS3_FUZZ_SEED another seed.
/// </summary>
internal sealed class FuzzRun(ITestOutputHelper output)
{
    private const int DefaultRounds = 3000;
    private const int DefaultSeed = 20061111;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(5);

    public void Run(string target, byte[] original, Func<byte[], Random, byte[]> mutate, long allocationLimit, Action<ImageFile> parse)
    {
        int rounds = FromEnvironment("PS3_FUZZ_ROUNDS", DefaultRounds);
        int seed = FromEnvironment("PS3_FUZZ_SEED", DefaultSeed);
        output.WriteLine($"{target}: seed {seed}, {rounds} rounds");
        int refused = 0;
        // The undamaged file must pass, or the target tests nothing. This run also makes one-time allocations.
        parse(new ImageFile(target, original));
        for (int round = 0; round < rounds; round++)
        {
            byte[] damaged = mutate(original, new Random(HashCode(seed, round)));
            refused += TryOne($"{target}, seed {seed}, round {round}", new ImageFile(target, damaged), allocationLimit, parse) ? 0 : 1;
        }

        output.WriteLine($"{target}: {refused} refused, {rounds - refused} accepted");
    }

    private static bool TryOne(string name, ImageFile file, long allocationLimit, Action<ImageFile> parse)
    {
        bool accepted = false;
        long before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        try
        {
            parse(file);
            accepted = true;
        }
        catch (ImageFormatException problem)
        {
            Assert.True(problem.Offset >= 0, $"{name}: offset {problem.Offset}");
            Assert.StartsWith(file.Name, problem.FileName, StringComparison.Ordinal);
            Assert.NotEmpty(problem.Problem);
        }
        catch (BootException)
        {
            // The parts are valid but do not fit together.
        }
        catch (Exception problem)
        {
            Assert.Fail($"{name}: {problem}");
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= allocationLimit, $"{name}: {allocated} bytes allocated, more than {allocationLimit}");
        Assert.True(watch.Elapsed < TimeLimit, $"{name}: took {watch.Elapsed}");
        return accepted;
    }

    // Each round has its own generator, so that one failing round can be repeated alone.
    private static int HashCode(int seed, int round) => unchecked((seed * 1_000_003) + (round * 7919));

    private static int FromEnvironment(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
