namespace Ps3Platform.Screens.Input;

/// <summary>
/// Which key makes a symbol of X (RFC 6143 7.5.4) on a keyboard with the US layout, as a usage of HID's keyboard page. The viewer sends the
/// shift key by itself.
/// </summary>
public static class KeySymbols
{
    private const byte A = 0x04;
    private const byte One = 0x1e;
    private const byte Zero = 0x27;
    private const byte F1 = 0x3a;
    private const byte F13 = 0x68;
    private const byte Pad1 = 0x59;

    // Pairs of the symbols that a key makes without and with shift, in the order of the usages from 0x2d.
    private const string Signs = "-_=+[{]}\\|";
    private const string SignsBehind = ";:'\"`~,<.>/?";
    private const string OverDigits = "!@#$%^&*()";

    private static readonly Dictionary<uint, byte> Table = Build();

    /// <summary>Finds a key.</summary>
    /// <param name="symbol">The symbol.</param>
    /// <param name="usage">The key.</param>
    /// <returns>False when the layout has none.</returns>
    public static bool TryFind(uint symbol, out byte usage) => Table.TryGetValue(symbol, out usage);

    /// <summary>Finds how a character is typed.</summary>
    /// <param name="character">One of ASCII; a line's end is the Enter key.</param>
    /// <param name="usage">The key.</param>
    /// <param name="needsShift">It is the upper one of the key.</param>
    /// <returns>False when the layout has none.</returns>
    public static bool TryFind(char character, out byte usage, out bool needsShift)
    {
        const uint Enter = 0xff0d;
        const uint Tab = 0xff09;
        needsShift = char.IsAsciiLetterUpper(character) || OverDigits.Contains(character)
            || IsUpper(Signs, character) || IsUpper(SignsBehind, character);
        return TryFind(character switch { '\n' => Enter, '\t' => Tab, _ => character }, out usage);
    }

    private static bool IsUpper(string pairs, char character) => pairs.IndexOf(character, StringComparison.Ordinal) % 2 == 1;

    private static Dictionary<uint, byte> Build()
    {
        Dictionary<uint, byte> table = [];
        for (int i = 0; i < 26; i++)
        {
            table[(uint)('a' + i)] = (byte)(A + i);
            table[(uint)('A' + i)] = (byte)(A + i);
        }

        for (int i = 0; i < 10; i++)
        {
            byte usage = i == 9 ? Zero : (byte)(One + i);
            table[(uint)('0' + ((i + 1) % 10))] = usage;
            table[OverDigits[i]] = usage;
        }

        AddPairs(Signs, 0x2d);
        // 0x32 is the key of other keyboards in the place of 0x31.
        AddPairs(SignsBehind, 0x33);
        table[' '] = 0x2c;

        // X's function keys (keysymdef.h): 0xffxx.
        foreach ((uint symbol, byte usage) in (ReadOnlySpan<(uint, byte)>)
        [
            (0xff08, 0x2a), (0xff09, 0x2b), (0xfe20, 0x2b), (0xff0d, 0x28), (0xff1b, 0x29), (0xffff, 0x4c),
            (0xff50, 0x4a), (0xff51, 0x50), (0xff52, 0x52), (0xff53, 0x4f), (0xff54, 0x51), (0xff55, 0x4b), (0xff56, 0x4e), (0xff57, 0x4d),
            (0xff61, 0x46), (0xff15, 0x46), (0xff14, 0x47), (0xff13, 0x48), (0xff6b, 0x48), (0xff63, 0x49), (0xff67, 0x65), (0xff7f, 0x53),
            (0xff8d, 0x58), (0xffaa, 0x55), (0xffab, 0x57), (0xffad, 0x56), (0xffae, 0x63), (0xffaf, 0x54), (0xffb0, 0x62), (0xffbd, 0x67),
            (0xffe1, 0xe1), (0xffe2, 0xe5), (0xffe3, 0xe0), (0xffe4, 0xe4), (0xffe5, 0x39), (0xffe7, 0xe3), (0xffe8, 0xe7),
            (0xffe9, 0xe2), (0xffea, 0xe6), (0xffeb, 0xe3), (0xffec, 0xe7), (0xfe03, 0xe6),
            // The keypad without Num Lock.
            (0xff95, 0x5f), (0xff96, 0x5c), (0xff97, 0x60), (0xff98, 0x5e), (0xff99, 0x5a), (0xff9a, 0x61), (0xff9b, 0x5b), (0xff9c, 0x59),
            (0xff9d, 0x5d), (0xff9e, 0x62), (0xff9f, 0x63),
        ])
        {
            table[symbol] = usage;
        }

        for (uint i = 0; i < 12; i++)
        {
            table[0xffbe + i] = (byte)(F1 + i);
            table[0xffca + i] = (byte)(F13 + i);
        }

        for (uint i = 0; i < 9; i++)
            table[0xffb1 + i] = (byte)(Pad1 + i);
        return table;

        void AddPairs(string pairs, byte first)
        {
            for (int i = 0; i < pairs.Length; i++)
                table[pairs[i]] = (byte)(first + (i / 2));
        }
    }
}
