namespace Ps3Platform.Loaders.Compression;

/// <summary>
/// Collects unpacked bytes. It grows with the bytes that were unpacked, not with the size that a header states, and stops at a limit.
/// </summary>
internal sealed class BoundedOutput(ImageFile file, int maximumBytes)
{
    private const int FirstStep = 64 << 10;
    private byte[] _bytes = [];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, Length);

    /// <summary>Reads a stream to its end.</summary>
    public void ReadAll(Stream unpacked)
    {
        while (true)
        {
            if (Length == _bytes.Length)
                Grow();
            int read = unpacked.Read(_bytes, Length, _bytes.Length - Length);
            if (read <= 0)
                return;
            Length += read;
            if (Length > maximumBytes)
                throw TooLarge();
        }
    }

    public ImageFormatException TooLarge() => new(
        file.Name, 0, $"The unpacked data are larger than the {maximumBytes >> 20} MiB that are accepted ({maximumBytes} bytes); give a smaller image.");

    private void Grow()
    {
        // One byte beyond the limit suffices to detect that there is more.
        long size = Math.Min(Math.Max(FirstStep, _bytes.Length * 2L), maximumBytes + 1L);
        Array.Resize(ref _bytes, (int)size);
    }
}
