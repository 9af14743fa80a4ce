using System.Text;

namespace Ps3Platform.Monitor.Protocols;

/// <summary>Cuts a stream of bytes into lines. A line that is too long is dropped up to its end, so that a client fills no memory.</summary>
internal sealed class LineReader
{
    private readonly List<byte> _line = [];
    private bool _isOverlong;

    /// <summary>Forgets a line that was begun.</summary>
    public void Clear()
    {
        _line.Clear();
        _isOverlong = false;
    }

    /// <summary>Takes bytes up to the end of a line.</summary>
    /// <param name="bytes">The bytes; what is left of them stays in it.</param>
    /// <param name="longest">Bytes of the longest line.</param>
    /// <param name="line">The line, or null when it was too long. Bytes that are no UTF-8 are replaced.</param>
    /// <returns>False when the bytes end before the line does.</returns>
    public bool TryTake(ref ReadOnlySpan<byte> bytes, int longest, out string? line)
    {
        int end = bytes.IndexOf((byte)'\n');
        ReadOnlySpan<byte> part = end < 0 ? bytes : bytes[..end];
        bytes = end < 0 ? [] : bytes[(end + 1)..];
        if (_line.Count + part.Length > longest)
        {
            _isOverlong = true;
            _line.Clear();
        }
        else if (!_isOverlong)
            _line.AddRange(part);

        line = null;
        if (end < 0)
            return false;
        if (!_isOverlong)
            line = Encoding.UTF8.GetString([.. _line]).TrimEnd('\r');
        Clear();
        return true;
    }
}
