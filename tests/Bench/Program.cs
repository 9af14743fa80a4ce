using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Bench;

/// <summary>
/// dotnet run -c Release --project tests/Bench -- --filter '*'. Times on a shared machine mean little: compare the ratios to each
/// class's baseline.
/// </summary>
public static class Program
{
    public static void Main(string[] args)
    {
        // In this process: the solution's one artifacts folder does not suit generated projects.
        IConfig config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
    }
}
