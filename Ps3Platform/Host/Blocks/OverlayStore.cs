using Microsoft.Win32.SafeHandles;

using Ps3Platform.Devices.Blocks;
using Ps3Platform.Host.Files;

namespace Ps3Platform.Host.Blocks;

/// <summary>
/// What is written goes to a temporary file that has no name any more or goes with the process; the store below stays as it is. Reads take
/// each 4 KiB piece from where it is.
/// </summary>
internal sealed class OverlayStore : IBlockStore
{
    private const int PieceShift = 12;
    private const ulong PieceSize = 1UL << PieceShift;

    private readonly IBlockStore _below;
    private readonly SafeFileHandle _overlay;

    // A bit for each piece: it is in the overlay.
    private readonly ulong[] _written;
    private readonly byte[] _piece = new byte[PieceSize];

    /// <summary>Makes the temporary file.</summary>
    /// <param name="below">Belongs to the overlay.</param>
    /// <param name="folder">Where the temporary file is made; null: the host's folder for them.</param>
    /// <exception cref="BlockOpenException">It cannot be made.</exception>
    public OverlayStore(IBlockStore below, string? folder = null)
    {
        _below = below;
        string path = Path.Combine(folder ?? Path.GetTempPath(), $"ps3-snapshot-{Guid.NewGuid():N}");
        try
        {
            _overlay = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (FileErrors.IsFileError(e))
        {
            throw new BlockOpenException($"{path}: {FileErrors.Reason(e)}; the writes of snapshot go to a temporary file (TMPDIR)");
        }

        // The name goes at once, so that the file goes with the process however that ends. Windows keeps it until it is closed.
        if (!OperatingSystem.IsWindows())
            File.Delete(path);
        _written = new ulong[(below.Length >> PieceShift >> 6) + 1];
    }

    public string Name => _below.Name;

    public ulong Length => _below.Length;

    public bool IsReadOnly => false;

    public void Read(ulong offset, Span<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            bool isHere = IsWritten(offset);
            int count = Run(offset, buffer.Length, isHere);
            if (isHere)
                ReadOverlay(offset, buffer[..count]);
            else
                _below.Read(offset, buffer[..count]);
            offset += (ulong)count;
            buffer = buffer[count..];
        }
    }

    public void Write(ulong offset, ReadOnlySpan<byte> buffer, bool forceUnitAccess)
    {
        while (buffer.Length > 0)
        {
            ulong start = offset & ~(PieceSize - 1);
            int count = (int)Math.Min((ulong)buffer.Length, start + PieceSize - offset);
            ulong whole = Math.Min(PieceSize, Length - start);
            if (!IsWritten(offset) && (ulong)count < whole)
            {
                _below.Read(start, _piece.AsSpan(0, (int)whole));
                WriteOverlay(start, _piece.AsSpan(0, (int)whole));
            }

            WriteOverlay(offset, buffer[..count]);
            ulong piece = offset >> PieceShift;
            _written[piece >> 6] |= 1UL << (int)(piece & 63);
            offset += (ulong)count;
            buffer = buffer[count..];
        }
    }

    // Nothing of it is kept.
    public void Flush()
    {
    }

    public void Trim(ulong offset, ulong length)
    {
    }

    public void Dispose()
    {
        _overlay.Dispose();
        _below.Dispose();
    }

    private bool IsWritten(ulong offset)
    {
        ulong piece = offset >> PieceShift;
        return (_written[piece >> 6] & (1UL << (int)(piece & 63))) != 0;
    }

    // How many of the bytes are in the same store.
    private int Run(ulong offset, int most, bool isHere)
    {
        ulong end = (offset & ~(PieceSize - 1)) + PieceSize;
        while (end < offset + (ulong)most && IsWritten(end) == isHere)
            end += PieceSize;
        return (int)Math.Min((ulong)most, end - offset);
    }

    private void ReadOverlay(ulong offset, Span<byte> buffer)
    {
        try
        {
            while (buffer.Length > 0)
            {
                int count = RandomAccess.Read(_overlay, buffer, (long)offset);
                if (count == 0)
                    throw new BlockException(BlockError.Io, "the temporary file has become shorter");
                buffer = buffer[count..];
                offset += (ulong)count;
            }
        }
        catch (Exception e) when (FileErrors.IsFileError(e))
        {
            throw new BlockException(BlockError.Io, FileErrors.Reason(e));
        }
    }

    private void WriteOverlay(ulong offset, ReadOnlySpan<byte> buffer)
    {
        try
        {
            RandomAccess.Write(_overlay, buffer, (long)offset);
        }
        catch (Exception e) when (FileErrors.IsFileError(e))
        {
            const int NoSpace = 28;
            throw new BlockException(
                e.HResult == NoSpace ? BlockError.NoSpace : BlockError.Io, $"the temporary file of snapshot: {FileErrors.Reason(e)}");
        }
    }
}
