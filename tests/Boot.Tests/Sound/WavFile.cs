using System.Buffers.Binary;
using System.Text;

namespace Boot.Tests.Sound;

/// <summary>A WAV file of two channels, read as other programs read it.</summary>
internal sealed class WavFile
{
    private readonly byte[] _data;

    private WavFile(ReadOnlySpan<byte> format, byte[] data)
    {
        Channels = BinaryPrimitives.ReadUInt16LittleEndian(format[2..]);
        Rate = BinaryPrimitives.ReadInt32LittleEndian(format[4..]);
        Bits = BinaryPrimitives.ReadUInt16LittleEndian(format[14..]);
        _data = data;
    }

    public int Channels { get; }

    public int Rate { get; }

    public int Bits { get; }

    public int Frames => _data.Length / (Channels * Bits / 8);

    /// <exception cref="InvalidDataException">Lengths in the file are wrong.</exception>
    public static WavFile Read(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        if (BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(4)) != file.Length - 8)
            throw new InvalidDataException($"{path}: the length in its header is wrong");
        byte[] format = [];
        int at = 12;
        while (true)
        {
            string name = Encoding.ASCII.GetString(file, at, 4);
            int length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 4));
            byte[] chunk = file[(at + 8)..(at + 8 + length)];
            at += 8 + length;
            if (name == "fmt ")
                format = chunk;
            else if (name == "data")
                return at == file.Length ? new WavFile(format, chunk) : throw new InvalidDataException($"{path}: bytes behind the sound");
        }
    }

    public int Left(int frame) => Sample(frame, 0);

    public int Right(int frame) => Sample(frame, 1);

    private int Sample(int frame, int channel)
    {
        ReadOnlySpan<byte> sample = _data.AsSpan(((frame * Channels) + channel) * (Bits / 8), Bits / 8);
        return Bits == 16 ? BinaryPrimitives.ReadInt16LittleEndian(sample) : sample[0] | sample[1] << 8 | (sbyte)sample[2] << 16;
    }
}
