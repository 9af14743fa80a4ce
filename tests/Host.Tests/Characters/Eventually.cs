using System.Diagnostics;
using System.Text;

using Ps3Platform.Host.Characters;

using Xunit;

namespace Host.Tests.Characters;

/// <summary>Waits for effects of other threads, with a time limit.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static void True(Func<bool> condition, string what)
    {
        long started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, $"not within {Patience.TotalSeconds} s: {what}");
            Thread.Sleep(2);
        }
    }

    /// <summary>Runs an action that must be fast, because no call of the machine may wait for a peer.</summary>
    public static void Soon(Action action)
    {
        long started = Stopwatch.GetTimestamp();
        action();
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(5), $"took {Stopwatch.GetElapsedTime(started)}");
    }

    /// <summary>Writes a text like a device that keeps bytes for which there is no room, and retries.</summary>
    public static void WriteAll(CharacterBackend backend, ReadOnlySpan<byte> bytes)
    {
        long started = Stopwatch.GetTimestamp();
        while (!bytes.IsEmpty)
        {
            int count = backend.Write(bytes);
            bytes = bytes[count..];
            if (count == 0)
                Thread.Sleep(1);
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, "the peer takes nothing");
        }
    }

    /// <summary>Writes until neither the back end nor the host's buffers, which grow, accept more.</summary>
    public static void Fill(CharacterBackend backend, ReadOnlySpan<byte> bytes)
    {
        long last = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(last) < TimeSpan.FromMilliseconds(500))
        {
            if (backend.Write(bytes) > 0)
                last = Stopwatch.GetTimestamp();
            else
                Thread.Sleep(1);
        }
    }

    /// <summary>Reads like a device until a text has arrived.</summary>
    public static void Reads(CharacterBackend backend, string text)
    {
        var read = new StringBuilder();
        byte[] piece = new byte[256];
        True(
            () =>
            {
                read.Append(Encoding.UTF8.GetString(piece, 0, backend.Read(piece)));
                return read.ToString() == text;
            },
            $"\"{text}\" read");
    }

    /// <summary>Bytes whose order a reader can check.</summary>
    public static byte[] Pattern(int count)
    {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++)
            bytes[i] = (byte)((i * 31) ^ (i >> 11));
        return bytes;
    }
}

/// <summary>Work on a separate thread, for peers.</summary>
internal sealed class Background<T>
{
    private readonly Thread _thread;
    private T? _result;
    private Exception? _failure;

    public Background(Func<T> work)
    {
        _thread = new Thread(() =>
        {
            try
            {
                _result = work();
            }
            catch (Exception e)
            {
                _failure = e;
            }
        })
        { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Waits for the end of the work.</summary>
    public T Result
    {
        get
        {
            Assert.True(_thread.Join(Eventually.Patience), "the peer has not ended");
            return _failure is null ? _result! : throw new InvalidOperationException("the peer has failed", _failure);
        }
    }
}
