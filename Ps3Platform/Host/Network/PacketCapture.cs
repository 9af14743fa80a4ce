using System.Buffers;
using System.Buffers.Binary;
using System.Text;

using Ps3Platform.Devices.Network;
using Ps3Platform.Host.Files;

namespace Ps3Platform.Host.Network;

/// <summary>
/// Writes frames of both directions to a pcapng file (draft-ietf-opsawg-pcapng). A host thread writes, so that a slow disk or a reader of a
/// named pipe does not stop the machine; frames that exceed the buffer are dropped and counted.
/// </summary>
internal sealed class PacketCapture : IDisposable
{
    private const int BufferSize = 4 << 20;
    private const int BlockOverhead = 44;
    private const uint SectionHeader = 0x0a0d0d0a;
    private const uint InterfaceDescription = 1;
    private const uint EnhancedPacket = 6;
    private const ushort EthernetLink = 1;
    private const int StackSize = 256 << 10;

    private readonly Stream _file;
    private readonly string _path;
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _news = new(false);
    private readonly Thread _thread;
    private byte[] _filling = new byte[BufferSize];
    private byte[] _writing = new byte[BufferSize];
    private int _used;
    private long _dropped;
    private string? _problem;
    private volatile bool _isStopped;

    /// <summary>Makes the file, or empties it.</summary>
    /// <exception cref="NetworkException">It cannot be written.</exception>
    public PacketCapture(string path)
    {
        _path = path;
        try
        {
            FileMode mode = FileKinds.Of(path) is FileKind.Missing or FileKind.Regular ? FileMode.Create : FileMode.Open;
            _file = new FileStream(path, mode, FileAccess.Write, FileShare.Read, bufferSize: 0);
            _file.Write(Header());
        }
        catch (Exception e) when (FileErrors.IsFileError(e))
        {
            throw new NetworkException($"--pcap {path}: cannot be written: {FileErrors.Reason(e)}; give another name or folder.", e);
        }

        _thread = new Thread(Run, StackSize) { IsBackground = true, Name = "packet capture" };
        _thread.Start();
    }

    /// <summary>Frames that are not in the file.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Why the file is not complete, or null.</summary>
    public string? Problem => Volatile.Read(ref _problem);

    /// <summary>Appends a frame.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="isOutbound">The guest has sent it.</param>
    public void Add(ReadOnlySpan<byte> frame, bool isOutbound)
    {
        ulong now = (ulong)(DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
        int padded = (frame.Length + 3) & ~3;
        int length = BlockOverhead + padded;
        lock (_gate)
        {
            if (_problem is not null || length > _filling.Length - _used)
            {
                _dropped++;
                return;
            }

            Span<byte> block = _filling.AsSpan(_used, length);
            block.Clear();
            Put(block, 0, EnhancedPacket);
            Put(block, 4, (uint)length);
            Put(block, 12, (uint)(now >> 32));
            Put(block, 16, (uint)now);
            Put(block, 20, (uint)frame.Length);
            Put(block, 24, (uint)frame.Length);
            frame.CopyTo(block[28..]);
            // epb_flags: 1 inbound, 2 outbound; then the end of options.
            Put(block, 28 + padded, 2 | (4 << 16));
            Put(block, 32 + padded, isOutbound ? 2u : 1u);
            Put(block, length - 4, (uint)length);
            _used += length;
        }

        _news.Set();
    }

    /// <summary>Writes the rest and closes the file.</summary>
    public void Dispose()
    {
        if (_isStopped)
            return;
        _isStopped = true;
        _news.Set();
        // A named pipe without a reader is not waited for. The event is left to the garbage collector: another thread may be adding.
        _thread.Join(TimeSpan.FromSeconds(2));
    }

    private static void Put(Span<byte> block, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(block[offset..], value);

    // A section header and one Ethernet interface whose times are in nanoseconds.
    private static byte[] Header()
    {
        var header = new ArrayBufferWriter<byte>();
        void Word(uint value)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(header.GetSpan(4), value);
            header.Advance(4);
        }

        Word(SectionHeader);
        Word(28);
        Word(0x1a2b3c4d);
        Word(1);
        Word(uint.MaxValue);
        Word(uint.MaxValue);
        Word(28);

        Word(InterfaceDescription);
        Word(44);
        Word(EthernetLink);
        Word(0);
        // if_name "gelic", then if_tsresol 9, then the end of options.
        Word(2 | (5 << 16));
        header.Write(Encoding.ASCII.GetBytes("gelic\0\0\0"));
        Word(9 | (1 << 16));
        Word(9);
        Word(0);
        Word(44);
        return header.WrittenSpan.ToArray();
    }

    private void Run()
    {
        try
        {
            while (true)
            {
                _news.WaitOne();
                // Before the buffer is taken: what is added after that is written in the next turn, or not at all at the end.
                bool isLast = _isStopped;
                int count;
                lock (_gate)
                {
                    (_filling, _writing) = (_writing, _filling);
                    count = _used;
                    _used = 0;
                }

                _file.Write(_writing, 0, count);
                if (isLast)
                    break;
            }
        }
        catch (Exception e) when (FileErrors.IsFileError(e))
        {
            Volatile.Write(ref _problem, $"{_path} is not complete: {FileErrors.Reason(e)}");
        }

        _file.Dispose();
    }
}
