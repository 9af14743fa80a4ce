using System.Collections.Concurrent;
using System.Text;

using Ps3Platform.Host.Characters;

namespace Host.Tests.Terminals;

/// <summary>A terminal in memory: what is typed comes in pieces as they were typed, and what is shown is kept.</summary>
internal sealed class FakeKeyboard : IPeer
{
    private readonly BlockingCollection<byte[]> _typed = [];
    private readonly StringBuilder _shown = new();

    public bool IsGone => _typed.IsAddingCompleted;

    public string Shown
    {
        get
        {
            lock (_shown)
                return _shown.ToString();
        }
    }

    public void Type(params byte[] keys) => _typed.Add(keys);

    public void Type(string keys) => Type(Encoding.Latin1.GetBytes(keys));

    /// <summary>The terminal's window is closed.</summary>
    public void HangUp() => _typed.CompleteAdding();

    public int Read(Span<byte> buffer)
    {
        if (!_typed.TryTake(out byte[]? keys, Timeout.Infinite))
            throw new PeerGoneException();
        keys.CopyTo(buffer);
        return keys.Length;
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        lock (_shown)
            _shown.Append(Encoding.Latin1.GetString(bytes));
    }

    public void WaitUntilRead(TimeSpan limit)
    {
    }

    public void Dispose()
    {
        if (!_typed.IsAddingCompleted)
            _typed.CompleteAdding();
    }
}
