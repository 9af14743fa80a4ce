using System.Buffers.Binary;
using System.Globalization;

using Ps3Platform.Devices.Audio;
using Ps3Platform.Host.Files;

namespace Ps3Platform.Host.Audio;

/// <summary>
/// Writes WAV files (RIFF, "Multimedia Programming Interface and Data Specifications 1.0"; WAVEFORMATEXTENSIBLE for more than 16 bits). A
/// file has one format: the second format gets a file of its own, NAME-2.wav.
/// </summary>
internal sealed class WavWriter : IAudioWriter
{
    private const ushort Pcm = 1;
    private const ushort Extensible = 0xfffe;
    private const int ExtensionBytes = 22;
    private const uint FrontLeftAndRight = 3;

    // A RIFF chunk's length has 32 bits; it counts the header too.
    private const long MostData = uint.MaxValue - 256;

    // So that a killed process leaves a file that programs can read up to there.
    private const long BytesBetweenHeaders = 1 << 20;

    private readonly string _path;
    private FileStream _file;
    private string _current;
    private AudioFormat _format = new(48000, 16);
    private long _data;
    private long _announced;
    private int _number = 1;

    /// <summary>Makes the file, with a header and no sound.</summary>
    /// <exception cref="AudioException">It cannot be written.</exception>
    public WavWriter(string path)
    {
        _path = _current = path;
        if (FileKinds.Of(path) is not (FileKind.Missing or FileKind.Regular))
            throw new AudioException($"{path}: is no file that a header can be completed in; give a file, or pipe:{path}");
        try
        {
            _file = Create(path);
            WriteHeader();
        }
        catch (Exception e) when (FileErrors.IsFileError(e) || e is ArgumentException)
        {
            throw new AudioException($"{path}: cannot be written: {FileErrors.Reason(e)}; give another name or folder");
        }
    }

    /// <inheritdoc/>
    public int QueueBytes => 16 << 20;

    private int HeaderBytes => _format.Bits > 16 ? 68 : 44;

    /// <inheritdoc/>
    public void Begin(AudioFormat format) => Guard(() =>
    {
        if (_data > 0)
        {
            Complete();
            _file.Dispose();
            _current = Path.ChangeExtension(_path, null)
                + string.Create(CultureInfo.InvariantCulture, $"-{++_number}") + Path.GetExtension(_path);
            _file = Create(_current);
        }

        (_format, _data, _announced) = (format, 0, 0);
        _file.SetLength(0);
        WriteHeader();
    });

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> frames)
    {
        if (_data + frames.Length > MostData)
            throw new AudioWriteException($"{_current} is full: a WAV file holds 4 GiB");
        try
        {
            _file.Write(frames);
        }
        catch (Exception e) when (FileErrors.IsFileError(e))
        {
            throw Failure(e);
        }

        _data += frames.Length;
        if (_data - _announced >= BytesBetweenHeaders)
            Guard(UpdateHeader);
    }

    /// <inheritdoc/>
    public void Finish() => Guard(Complete);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static FileStream Create(string path) =>
        new(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 1 << 16);

    private void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (FileErrors.IsFileError(e))
        {
            throw Failure(e);
        }
    }

    private AudioWriteException Failure(Exception e) => new($"{_current} is not complete: {FileErrors.Reason(e)}");

    private void Complete()
    {
        // Chunks have an even length; frames have too.
        UpdateHeader();
        _file.Flush();
    }

    private void UpdateHeader()
    {
        _file.Position = 0;
        WriteHeader();
        _file.Position = HeaderBytes + _data;
        _announced = _data;
    }

    private void WriteHeader()
    {
        Span<byte> header = stackalloc byte[68];
        header = header[..HeaderBytes];
        header.Clear();
        bool isExtensible = _format.Bits > 16;
        int formatBytes = isExtensible ? 18 + ExtensionBytes : 16;
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)(HeaderBytes - 8 + _data));
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], (uint)formatBytes);
        Span<byte> format = header[20..];
        BinaryPrimitives.WriteUInt16LittleEndian(format, isExtensible ? Extensible : Pcm);
        BinaryPrimitives.WriteUInt16LittleEndian(format[2..], AudioFormat.Channels);
        BinaryPrimitives.WriteUInt32LittleEndian(format[4..], (uint)_format.Rate);
        BinaryPrimitives.WriteUInt32LittleEndian(format[8..], (uint)(_format.Rate * _format.FrameBytes));
        BinaryPrimitives.WriteUInt16LittleEndian(format[12..], (ushort)_format.FrameBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(format[14..], (ushort)_format.Bits);
        if (isExtensible)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(format[16..], ExtensionBytes);
            BinaryPrimitives.WriteUInt16LittleEndian(format[18..], (ushort)_format.Bits);
            BinaryPrimitives.WriteUInt32LittleEndian(format[20..], FrontLeftAndRight);
            // KSDATAFORMAT_SUBTYPE_PCM.
            new Guid("00000001-0000-0010-8000-00aa00389b71").TryWriteBytes(format[24..]);
        }

        "data"u8.CopyTo(format[formatBytes..]);
        BinaryPrimitives.WriteUInt32LittleEndian(format[(formatBytes + 4)..], (uint)_data);
        _file.Write(header);
    }
}
