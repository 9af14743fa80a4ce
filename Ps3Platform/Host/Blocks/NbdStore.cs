using Ps3Platform.Devices.Blocks;

namespace Ps3Platform.Host.Blocks;

/// <summary>
/// An NBD export. When the server has gone, the next request connects anew. Writes that were not flushed yet are kept and written again
/// then, and after a flush that failed: the server may have lost them, and a later flush would claim what is not true.
/// </summary>
internal sealed class NbdStore : IBlockStore
{
    private const int MostUnflushed = 16 << 20;

    private readonly NbdAddress _address;
    private readonly bool _isReadOnly;
    private readonly IDisposable? _server;
    private readonly List<(ulong Offset, byte[] Bytes)> _unflushed = [];
    private int _unflushedBytes;
    private bool _hasFailedFlush;
    private NbdConnection _connection;

    /// <summary>Connects.</summary>
    /// <param name="address">The export.</param>
    /// <param name="isReadOnly">It shall not be written.</param>
    /// <param name="name">What messages call it; null: its address.</param>
    /// <param name="server">A server of our own, which is stopped with the store once that is made; or null.</param>
    /// <exception cref="BlockOpenException">The server is not there, or the export is not as asked for.</exception>
    public NbdStore(NbdAddress address, bool isReadOnly, string? name = null, IDisposable? server = null)
    {
        _address = address;
        _server = server;
        Name = name ?? address.Text;
        try
        {
            _connection = NbdConnection.Open(address);
        }
        catch (BlockException e)
        {
            throw new BlockOpenException($"{Name}: {e.Message}; give the address of an NBD server that runs");
        }

        bool serverReadOnly = (_connection.Export.Flags & NbdFlags.ReadOnly) != 0;
        if (serverReadOnly && !isReadOnly)
        {
            _connection.Dispose();
            throw new BlockOpenException($"{Name}: the server exports it read-only; add ro, or snapshot");
        }

        _isReadOnly = isReadOnly;
        Length = _connection.Export.Length;
    }

    public string Name { get; }

    public ulong Length { get; }

    public bool IsReadOnly => _isReadOnly;

    private bool CanFlush => (_connection.Export.Flags & NbdFlags.Flush) != 0;

    public void Read(ulong offset, Span<byte> buffer) => Connected().Read(offset, buffer);

    public void Write(ulong offset, ReadOnlySpan<byte> buffer, bool forceUnitAccess)
    {
        // Before more is kept, so that a server whose flushes fail costs no more memory than this.
        if (_unflushedBytes + buffer.Length > MostUnflushed && _unflushedBytes > 0)
            Flush();
        NbdConnection connection = Connected();
        bool isThrough = forceUnitAccess && (connection.Export.Flags & NbdFlags.ForceUnitAccess) != 0;
        connection.Write(offset, buffer, isThrough);
        // A server without flushes has no cache that it knows of.
        if (!CanFlush)
            return;
        // Also what has been written through: an older write of the same bytes may be written again.
        _unflushed.Add((offset, buffer.ToArray()));
        _unflushedBytes += buffer.Length;
        if (forceUnitAccess && !isThrough)
            Flush();
    }

    public void Flush()
    {
        NbdConnection connection = Connected();
        if (CanFlush)
        {
            // A server may have dropped what it could not flush, and say of the next flush that it succeeded.
            if (_hasFailedFlush)
                WriteAgain(connection);
            _hasFailedFlush = true;
            connection.Flush();
        }

        _hasFailedFlush = false;
        Forget();
    }

    public void Trim(ulong offset, ulong length)
    {
        NbdConnection connection = Connected();
        if ((connection.Export.Flags & NbdFlags.Trim) != 0)
            connection.Trim(offset, length);
    }

    public void Dispose()
    {
        _connection.Dispose();
        _server?.Dispose();
    }

    private NbdConnection Connected()
    {
        if (!_connection.IsBroken)
            return _connection;
        NbdConnection connection = NbdConnection.Open(_address);
        if (connection.Export.Length != Length || (!_isReadOnly && (connection.Export.Flags & NbdFlags.ReadOnly) != 0))
        {
            connection.Dispose();
            throw new BlockException(BlockError.Gone, "the server has another export of that name now");
        }

        try
        {
            WriteAgain(connection);
        }
        catch (BlockException)
        {
            // The connection stays broken: the next request begins with the first of these writes again.
            connection.Dispose();
            throw;
        }

        _connection.Dispose();
        _connection = connection;
        return connection;
    }

    private void WriteAgain(NbdConnection connection)
    {
        foreach ((ulong offset, byte[] bytes) in _unflushed)
            connection.Write(offset, bytes, forceUnitAccess: false);
    }

    private void Forget()
    {
        _unflushed.Clear();
        _unflushedBytes = 0;
    }
}
