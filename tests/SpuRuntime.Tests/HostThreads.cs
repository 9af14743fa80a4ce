using System.Collections.Concurrent;

namespace SpuRuntime.Tests;

/// <summary>Runs actions at the same time, each on a host thread of its own, and rethrows what any of them threw.</summary>
internal static class HostThreads
{
    public static void Run(params IEnumerable<Action> actions)
    {
        ConcurrentQueue<Exception> failures = [];
        Thread[] threads = [.. actions.Select(action => new Thread(() => Guard(action)))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        if (!failures.IsEmpty)
            throw new AggregateException(failures);

        void Guard(Action action)
        {
            try
            {
                action();
            }
            catch (Exception failure)
            {
                failures.Enqueue(failure);
            }
        }
    }
}
