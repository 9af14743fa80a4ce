using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Ps3Platform.Devices.Usb.Input;

/// <summary>Names of keys, which are QEMU's, and their usages on HID's keyboard page (HID Usage Tables, chapter 10).</summary>
public static class KeyNames
{
    private const int MostKeys = 16;

    private static readonly Dictionary<string, byte> Usages = Make();

    /// <summary>All names.</summary>
    public static IEnumerable<string> All => Usages.Keys;

    /// <summary>Reads the keys of one chord: "ctrl-alt-f1".</summary>
    /// <param name="text">Names, or usages such as 0x28, with hyphens between them.</param>
    /// <param name="usages">The usages, in the order in which the keys go down.</param>
    /// <param name="problem">What is wrong, as a clause without a full stop.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out IReadOnlyList<byte>? usages, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        usages = null;
        problem = null;
        List<byte> read = [];
        foreach (string name in text.Split('-'))
        {
            if (!TryFind(name, out byte usage))
            {
                problem = $"there is no key '{name}'; write for instance a, ret, shift-a or ctrl-alt-f1";
                return false;
            }

            read.Add(usage);
        }

        if (read.Count > MostKeys)
            problem = $"these are more than {MostKeys} keys at once";
        else
            usages = read;
        return usages is not null;
    }

    /// <summary>The usage of one key.</summary>
    public static bool TryFind(string name, out byte usage)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Usages.TryGetValue(name, out usage)
            || (name.StartsWith("0x", StringComparison.Ordinal)
                && byte.TryParse(name.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out usage));
    }

    private static Dictionary<string, byte> Make()
    {
        Dictionary<string, byte> names = [];
        // Groups of keys whose usages follow each other, from the first one on.
        void Add(byte first, string group)
        {
            foreach (string name in group.Split(' '))
                names.Add(name, first++);
        }

        Add(0x04, "a b c d e f g h i j k l m n o p q r s t u v w x y z");
        Add(0x1e, "1 2 3 4 5 6 7 8 9 0");
        Add(0x28, "ret esc backspace tab spc minus equal bracket_left bracket_right backslash");
        Add(0x33, "semicolon apostrophe grave_accent comma dot slash caps_lock f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12");
        Add(0x46, "print scroll_lock pause insert home pgup delete end pgdn right left down up num_lock");
        Add(0x54, "kp_divide kp_multiply kp_subtract kp_add kp_enter kp_1 kp_2 kp_3 kp_4 kp_5 kp_6 kp_7 kp_8 kp_9 kp_0 kp_decimal less");
        Add(0x65, "compose power kp_equals");
        Add(0x75, "help");
        Add(0x76, "menu");
        Add(0x78, "stop again undo cut copy paste find audiomute volumeup volumedown");
        Add(0x85, "kp_comma");
        Add(0x87, "ro katakanahiragana yen henkan muhenkan");
        Add(0x90, "lang1 lang2");
        Add(0xe0, "ctrl shift alt meta_l ctrl_r shift_r alt_r meta_r");
        names.Add("asterisk", names["kp_multiply"]);
        names.Add("sysrq", names["print"]);
        return names;
    }
}
