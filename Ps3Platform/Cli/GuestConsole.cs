using Ps3Platform.Cli.Files;
using Ps3Platform.Cli.Streams;

namespace Ps3Platform.Cli;

/// <summary>
/// Where a guest's console text goes. Remembers the end of it, so that a machine that stopped can say whether its kernel
/// had panicked. Written on the emulation thread. A host that takes no more text is no reason to stop the guest.
/// </summary>
internal sealed class GuestConsole : IDisposable
{
    private const int Kept = 16 * 1024;
    private static readonly byte[] PanicMarker = "Kernel panic - not syncing"u8.ToArray();
    private readonly List<byte> _recent = new(2 * Kept);
    private readonly Stream _host;
    private readonly WatchedOutput _output;

    /// <param name="host">Takes the text.</param>
    public GuestConsole(Stream host)
    {
        _host = host;
        _output = new WatchedOutput(host, () => ReaderGone?.Invoke());
    }

    /// <summary>Raised once, on the emulation thread, when nobody reads the text any more.</summary>
    public event Action? ReaderGone;

    /// <summary>Why text was lost, or null.</summary>
    public string? Failure { get; private set; }

    /// <summary>True when this boot has printed something.</summary>
    public bool HasText => _recent.Count > 0;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (Failure is null)
            WriteToHost(bytes);
        _recent.AddRange(bytes);
        if (_recent.Count > 2 * Kept)
            _recent.RemoveRange(0, _recent.Count - Kept);
    }

    /// <summary>Another boot begins: what the last one said is its own.</summary>
    public void Forget() => _recent.Clear();

    /// <summary>The line in which the guest said that it panicked, or null.</summary>
    public string? PanicLine()
    {
        byte[] recent = [.. _recent];
        int at = recent.AsSpan().IndexOf(PanicMarker);
        if (at < 0)
            return null;
        int end = recent.AsSpan(at).IndexOfAny((byte)'\r', (byte)'\n');
        return System.Text.Encoding.UTF8.GetString(recent, at, end < 0 ? recent.Length - at : end);
    }

    /// <summary>True when the text is in the end of what was printed.</summary>
    public bool Shows(string text)
    {
        byte[] recent = [.. _recent];
        return recent.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(text)) >= 0;
    }

    public void Dispose()
    {
        _output.Dispose();
        _host.Dispose();
    }

    private void WriteToHost(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _output.Write(bytes);
            _output.Flush();
        }
        catch (Exception e) when (FileErrors.IsFileError(e))
        {
            Failure = FileErrors.Reason(e);
            Terminal.Error($"the rest of the guest's console is lost, standard output takes no more: {Failure}");
        }
    }
}
