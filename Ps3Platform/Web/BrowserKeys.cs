namespace Ps3Platform.Web;

/// <summary>
/// The keys of a browser by <c>KeyboardEvent.code</c> (UI Events, "code" values), which names a key by its place, as usages of HID's
/// keyboard page. So the guest's layout decides what a key means.
/// </summary>
internal static class BrowserKeys
{
    private static readonly Dictionary<string, byte> Usages = Build();

    /// <summary>All codes that are known.</summary>
    public static IReadOnlyCollection<string> Codes => Usages.Keys;

    /// <summary>Finds a key.</summary>
    public static bool TryFind(string code, out byte usage) => Usages.TryGetValue(code, out usage);

    private static Dictionary<string, byte> Build()
    {
        Dictionary<string, byte> all = [];
        for (int i = 0; i < 26; i++)
            all[$"Key{(char)('A' + i)}"] = (byte)(0x04 + i);
        for (int i = 0; i < 10; i++)
        {
            all[$"Digit{(i + 1) % 10}"] = (byte)(0x1e + i);
            all[$"Numpad{(i + 1) % 10}"] = (byte)(0x59 + i);
        }

        for (int i = 0; i < 12; i++)
        {
            all[$"F{i + 1}"] = (byte)(0x3a + i);
            all[$"F{i + 13}"] = (byte)(0x68 + i);
        }

        Add(0x28, "Enter Escape Backspace Tab Space Minus Equal BracketLeft BracketRight Backslash");
        Add(0x33, "Semicolon Quote Backquote Comma Period Slash CapsLock");
        Add(0x46, "PrintScreen ScrollLock Pause Insert Home PageUp Delete End PageDown ArrowRight ArrowLeft ArrowDown ArrowUp NumLock");
        Add(0x54, "NumpadDivide NumpadMultiply NumpadSubtract NumpadAdd NumpadEnter");
        Add(0x63, "NumpadDecimal IntlBackslash ContextMenu Power NumpadEqual");
        Add(0x74, "Open Help Props Select Stop Again Undo Cut Copy Paste Find AudioVolumeMute AudioVolumeUp AudioVolumeDown");
        Add(0x85, "NumpadComma");
        Add(0x87, "IntlRo KanaMode IntlYen Convert NonConvert");
        Add(0x90, "Lang1 Lang2 Lang3 Lang4 Lang5");
        Add(0xe0, "ControlLeft ShiftLeft AltLeft MetaLeft ControlRight ShiftRight AltRight MetaRight");
        return all;

        void Add(byte first, string codes)
        {
            foreach (string code in codes.Split(' '))
                all[code] = first++;
        }
    }
}
