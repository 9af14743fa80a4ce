using System.Globalization;

namespace Ps3Platform.Machine.Profiling;

/// <summary>
/// The frames that occur in stacks: functions where there are symbols, otherwise pages. Each has a small number. The table is bounded:
/// when it is full, one entry counts for all further pages.
/// </summary>
internal sealed class FrameTable(FunctionNames kernel, FunctionNames user)
{
    /// <summary>The maximum of pages without symbols that have their own entries.</summary>
    public const int MostPages = 16 * 1024;

    // The linear mapping of 64-bit Linux. Symbols of real mode code have addresses there (head_64.S).
    private const ulong LinearMapping = 0xc000_0000_0000_0000;
    private const ulong RealAddressMask = 0x0fff_ffff_ffff_ffff;
    private const ulong PageMask = ~0xfffUL;

    private readonly List<string> _names = [];
    private readonly Dictionary<(bool User, int Function), int> _functions = [];
    private readonly Dictionary<(bool User, ulong Page), int> _pages = [];
    private int _others = -1;

    /// <summary>The frames' names, by number.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The number for an address of code, in problem state or not.</summary>
    public int Resolve(ulong address, bool problemState)
    {
        FunctionNames functions = problemState ? user : kernel;
        int function = functions.Find(address);
        if (function < 0 && !problemState && (address & ~RealAddressMask) == 0)
            function = functions.Find(address | LinearMapping);
        if (function < 0)
            return Page(address & PageMask, problemState);
        if (!_functions.TryGetValue((problemState, function), out int frame))
        {
            frame = Add(functions.Name(function));
            _functions.Add((problemState, function), frame);
        }

        return frame;
    }

    private int Page(ulong page, bool problemState)
    {
        if (_pages.TryGetValue((problemState, page), out int frame))
            return frame;
        if (_pages.Count >= MostPages)
            return _others >= 0 ? _others : _others = Add("elsewhere");
        frame = Add(string.Create(CultureInfo.InvariantCulture, $"{(problemState ? "user" : "kernel")} 0x{page:x}"));
        _pages.Add((problemState, page), frame);
        return frame;
    }

    private int Add(string name)
    {
        _names.Add(name);
        return _names.Count - 1;
    }
}
