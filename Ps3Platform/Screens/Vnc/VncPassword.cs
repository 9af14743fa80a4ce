using System.Security.Cryptography;
using System.Text;

namespace Ps3Platform.Screens.Vnc;

/// <summary>
/// VNC authentication (RFC 6143 7.2.2): the viewer encrypts 16 random bytes by DES with the password as key. It is weak, as the RFC says:
/// eight bytes of a password count, and nothing else on the connection is encrypted.
/// </summary>
internal sealed class VncPassword
{
    /// <summary>Bytes of a challenge and of the answer.</summary>
    public const int ChallengeSize = 16;

    private const int KeySize = 8;
    private readonly byte[] _key = new byte[KeySize];

    /// <param name="password">Its first eight bytes count.</param>
    public VncPassword(string password)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(password);
        for (int i = 0; i < Math.Min(bytes.Length, KeySize); i++)
            _key[i] = Reverse(bytes[i]);
    }

    /// <summary>A new challenge.</summary>
    public static byte[] Challenge() => RandomNumberGenerator.GetBytes(ChallengeSize);

    /// <summary>True when a viewer that knows the password gave this answer.</summary>
    public bool Accepts(ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> answer) =>
        CryptographicOperations.FixedTimeEquals(Answer(challenge), answer);

    /// <summary>The right answer to a challenge.</summary>
    public byte[] Answer(ReadOnlySpan<byte> challenge)
    {
#pragma warning disable CA5351 // The protocol has no other cipher.
        using DES des = DES.Create();
        if (DES.IsWeakKey(_key) || DES.IsSemiWeakKey(_key))
            throw new ArgumentException("DES refuses this password as a key; take another.");
        des.Key = _key;
        return des.EncryptEcb(challenge, PaddingMode.None);
#pragma warning restore CA5351
    }

    // VNC has each byte of the key mirrored.
    private static byte Reverse(byte value)
    {
        int mirrored = 0;
        for (int bit = 0; bit < 8; bit++)
            mirrored |= ((value >> bit) & 1) << (7 - bit);
        return (byte)mirrored;
    }
}
