using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Ps3Platform.Loaders.Flash;

/// <summary>A setting in the flash that is written as one word.</summary>
/// <param name="Name">Its name: "boot-flag".</param>
/// <param name="Help">What it is and which values it has.</param>
public abstract record OsAreaField(string Name, string Help)
{
    /// <summary>The value as a user would write it.</summary>
    /// <exception cref="ImageFormatException">It cannot be read.</exception>
    public abstract string Get(FlashImage flash);

    /// <summary>Changes the value.</summary>
    /// <param name="flash">The flash.</param>
    /// <param name="text">What a user wrote.</param>
    /// <param name="problem">What is wrong with it and what to give instead.</param>
    /// <exception cref="ImageFormatException">The flash has no place for it.</exception>
    public abstract bool TrySet(FlashImage flash, string text, [NotNullWhen(false)] out string? problem);
}

/// <summary>The table of settings (boot-protocol.md 5; os-area.c).</summary>
public static class OsAreaFields
{
    /// <summary>Seconds from 1970 to 2000, which is where the console's clock begins.</summary>
    internal const long Year2000 = 946_684_800;

    private const byte LinuxRtcOffset = (2 << 3) | 1;
    private const byte PetitbootVideoMode = (3 << 3) | 2;

    /// <summary>All settings, in the order in which they are listed.</summary>
    public static IReadOnlyList<OsAreaField> All { get; } =
    [
        new WordField("boot-flag", "what the console starts", 0, 4, ["game-os", "other-os"]),
        new NumberField("rtc-offset", "seconds from 1970 to the zero of the clock, by the console's system; 0: 2000-01-01"),
        new WordField("av-multi-out", "analogue video output", 0x28, 1, ["ntsc", "pal-rgb", "pal-ycbcr", "secam"]),
        new WordField("yes-button", "button that means yes", 0x29, 1, ["o", "x"]),
        new AddressField("address", "static address; 0.0.0.0: by DHCP", 0x30),
        new AddressField("netmask", "static network mask", 0x34),
        new AddressField("gateway", "static gateway", 0x38),
        new AddressField("dns1", "first name server", 0x40),
        new AddressField("dns2", "second name server", 0x44),
        new DatabaseField("linux-rtc-offset", "the same as Linux set it, which comes first, or none", LinuxRtcOffset, 8),
        new DatabaseField("video-mode", "video mode that a boot loader is to use, or none", PetitbootVideoMode, 2),
    ];

    /// <summary>The setting with a name, or null.</summary>
    public static OsAreaField? Find(string name) => All.FirstOrDefault(field => field.Name == name);

    private sealed record WordField(string Name, string Help, int Offset, int Width, string[] Words)
        : OsAreaField(Name, $"{Help}: {string.Join(", ", Words)}")
    {
        public override string Get(FlashImage flash)
        {
            uint value = Width == 1 ? flash.Parameter(Offset, 1)[0] : BinaryPrimitives.ReadUInt32BigEndian(flash.Parameter(Offset, 4));
            return value < Words.Length ? Words[value] : value.ToString(CultureInfo.InvariantCulture);
        }

        public override bool TrySet(FlashImage flash, string text, [NotNullWhen(false)] out string? problem)
        {
            int value = Array.IndexOf(Words, text);
            problem = value >= 0 ? null : $"give {string.Join(" or ", Words)}";
            if (problem is not null)
                return false;
            Span<byte> bytes = flash.Parameter(Offset, Width);
            bytes.Clear();
            bytes[^1] = (byte)value;
            return true;
        }
    }

    private sealed record NumberField(string Name, string Help) : OsAreaField(Name, Help)
    {
        private const int Offset = 0x20;

        public override string Get(FlashImage flash) =>
            BinaryPrimitives.ReadInt64BigEndian(flash.Parameter(Offset, 8)).ToString(CultureInfo.InvariantCulture);

        public override bool TrySet(FlashImage flash, string text, [NotNullWhen(false)] out string? problem)
        {
            bool isNumber = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value);
            problem = isNumber ? null : "give a number of seconds";
            if (isNumber)
                BinaryPrimitives.WriteInt64BigEndian(flash.Parameter(Offset, 8), value);
            return isNumber;
        }
    }

    private sealed record AddressField(string Name, string Help, int Offset) : OsAreaField(Name, Help)
    {
        public override string Get(FlashImage flash) => new IPAddress(flash.Parameter(Offset, 4)).ToString();

        public override bool TrySet(FlashImage flash, string text, [NotNullWhen(false)] out string? problem)
        {
            // Four numbers: "1" alone would be an address too.
            bool isAddress = text.Split('.').Length == 4 & IPAddress.TryParse(text, out IPAddress? address);
            isAddress = isAddress && address!.AddressFamily == AddressFamily.InterNetwork;
            problem = isAddress ? null : "give an address such as 192.168.1.10";
            if (isAddress)
                address!.TryWriteBytes(flash.Parameter(Offset, 4), out _);
            return isAddress;
        }
    }

    private sealed record DatabaseField(string Name, string Help, byte Id, int Width) : OsAreaField(Name, Help)
    {
        private const string None = "none";

        public override string Get(FlashImage flash) => flash.Find(Id, Width) is not { } value ? None
            : Width == 8 ? ((long)value).ToString(CultureInfo.InvariantCulture) : value.ToString(CultureInfo.InvariantCulture);

        public override bool TrySet(FlashImage flash, string text, [NotNullWhen(false)] out string? problem)
        {
            problem = null;
            if (text == None)
            {
                flash.Set(Id, Width, null);
                return true;
            }

            bool isNumber = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
                && (Width == 8 || value is >= 0 and <= ushort.MaxValue);
            problem = isNumber ? null : Width == 8 ? "give a number of seconds, or none" : "give a number up to 65535, or none";
            if (isNumber)
                flash.Set(Id, Width, (ulong)value);
            return isNumber;
        }
    }
}
