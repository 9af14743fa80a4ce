using CellPpe.Core;

namespace Ps3Platform.Devices.Gpu.Fifo;

/// <summary>
/// One copy object bound to a subchannel: its parameters, and the copy in progress. Every word comes from the guest, so a method or
/// value that ps3vram does not use is refused by name, and a copy is made in steps of bounded length.
/// </summary>
/// <param name="handle">The object's handle.</param>
/// <param name="memory">The partition's memory.</param>
/// <param name="windows">The memory that the context can address.</param>
internal sealed class CopyObject(uint handle, GuestMemory memory, FifoWindows windows)
{
    // One byte in, one byte out: the only format that ps3vram uses.
    private const uint ByteFormat = 0x101;

    // The line counter of the unit has eleven bits (nouveau splits larger copies).
    private const uint MostLines = 2047;

    // Chosen: 4 MiB, far above the 4 KiB of ps3vram.
    private const uint LongestLine = 4 << 20;

    // Each line is charged this many bytes at least, because short lines cost the host more than their bytes.
    private const int CostOfPiece = 256;

    private uint _notifier;
    private uint _source;
    private uint _target;
    private uint _sourceOffset;
    private uint _targetOffset;
    private uint _sourcePitch;
    private uint _targetPitch;
    private uint _lineLength;
    private uint _lineCount;
    private uint _format;

    // Progress of the copy; no copy is in progress when _line has reached the number of lines.
    private uint _line;
    private uint _lines;
    private uint _lengthOfLine;
    private uint _doneOfLine;

    /// <summary>The object's handle.</summary>
    public uint Handle => handle;

    /// <summary>True while a copy is in progress.</summary>
    public bool IsCopying => _line < _lines;

    /// <summary>Executes one method.</summary>
    /// <param name="method">Byte offset of the method.</param>
    /// <param name="value">The word.</param>
    /// <returns>Null, or the reason why the word is refused.</returns>
    public string? Send(uint method, uint value)
    {
        switch (method)
        {
            case CopyMethod.NoOperation:
                return null;
            case CopyMethod.Notify:
                return Notify(value);
            case CopyMethod.NotifierMemory:
                return Keep(ref _notifier, value, value - FifoObject.FirstNotifier < FifoObject.Notifiers, "is no notifier");
            case CopyMethod.SourceMemory:
                return Keep(ref _source, value, FifoWindows.IsMemory(value), "is no memory of this context");
            case CopyMethod.TargetMemory:
                return Keep(ref _target, value, FifoWindows.IsMemory(value), "is no memory of this context");
            case CopyMethod.SourceOffset:
                return Keep(ref _sourceOffset, value);
            case CopyMethod.TargetOffset:
                return Keep(ref _targetOffset, value);
            case CopyMethod.SourcePitch:
                return Keep(ref _sourcePitch, value);
            case CopyMethod.TargetPitch:
                return Keep(ref _targetPitch, value);
            case CopyMethod.LineLength:
                return Keep(ref _lineLength, value, value <= LongestLine, "is too long a line");
            case CopyMethod.LineCount:
                return Keep(ref _lineCount, value, value <= MostLines, "are too many lines");
            case CopyMethod.Format:
                return Keep(ref _format, value, value == ByteFormat, "is not the format of bytes");
            case CopyMethod.Start:
                return Start(value);
            default:
                return $"there is no method 0x{method:x}";
        }
    }

    /// <summary>Continues the copy in progress.</summary>
    /// <param name="budget">Bytes that may be copied; reduced by the bytes copied.</param>
    /// <returns>Null, or the reason why the copy cannot continue.</returns>
    public string? Continue(ref int budget)
    {
        while (IsCopying && budget > 0)
        {
            if (_doneOfLine == _lengthOfLine)
            {
                _line++;
                _doneOfLine = 0;
                continue;
            }

            ulong from = _sourceOffset + ((ulong)_line * _sourcePitch) + _doneOfLine;
            ulong to = _targetOffset + ((ulong)_line * _targetPitch) + _doneOfLine;
            if (!windows.TryFind(_source, from, out LparAddress source, out ulong sourceRun))
                return Outside("source", from);
            if (!windows.TryFind(_target, to, out LparAddress target, out ulong targetRun))
                return Outside("target", to);
            ulong length = Math.Min(Math.Min(sourceRun, targetRun), (ulong)Math.Min(budget, (int)(_lengthOfLine - _doneOfLine)));
            // The guest may have released the memory meanwhile.
            if (!memory.TrySlice(source, length, RegionAccess.Read, out Span<byte> input))
                return Outside("source", from);
            if (!memory.TrySlice(target, length, RegionAccess.Write, out Span<byte> output))
                return Outside("target", to);
            input.CopyTo(output);
            memory.NotifyWritten(target, length);
            _doneOfLine += (uint)length;
            budget -= Math.Max((int)length, CostOfPiece);
        }

        return null;
    }

    private static string? Keep(ref uint field, uint value, bool valid = true, string why = "")
    {
        if (!valid)
            return $"0x{value:x} {why}";
        field = value;
        return null;
    }

    private string Outside(string which, ulong offset)
    {
        _lines = 0;
        return $"offset 0x{offset:x} of the {which} is outside its memory";
    }

    private string? Start(uint notify)
    {
        if (notify != 0)
            return $"0x{notify:x} is not the way ps3vram starts a copy";
        if (_source == 0 || _target == 0)
            return "it has no source or no target";
        if (_format != ByteFormat)
            return "it has no format";
        // Contiguous lines are copied as one line.
        bool isOneRun = _sourcePitch == _lineLength && _targetPitch == _lineLength && (ulong)_lineLength * _lineCount <= LongestLine;
        _lengthOfLine = isOneRun ? _lineLength * _lineCount : _lineLength;
        _line = 0;
        _doneOfLine = 0;
        _lines = _lengthOfLine == 0 ? 0 : isOneRun ? 1 : _lineCount;
        return null;
    }

    // A copy ends before the next word is executed, so the notifier is written after it. The guest reads the fourth word; that the others
    // are 0 was chosen here (devices.md 6).
    private string? Notify(uint value)
    {
        if (value != 0)
            return $"notification style 0x{value:x} is not offered";
        if (_notifier == 0)
            return "it has no notifier";
        return windows.TryNotify(_notifier - FifoObject.FirstNotifier) ? null : "the notifiers are gone";
    }
}
