using System.Runtime.InteropServices;

using Ps3Platform.Host.Files;

namespace Ps3Platform.Host.Characters;

/// <summary>
/// A Linux file descriptor that is read and written without blocking, so that a waiting thread can be stopped: it waits in poll(2) for
/// <see cref="Recheck"/> at a time, and checks in between.
/// </summary>
internal sealed unsafe partial class PosixDescriptor : IPeer
{
    // asm-generic/fcntl.h, asm-generic/poll.h, asm-generic/errno*.h
    internal const int WriteOnly = 1;
    internal const int ReadWrite = 2;
    internal const int NoControllingTerminal = 0x100;
    internal const int NonBlocking = 0x800;
    internal const int CloseOnExec = 0x8_0000;
    private const short PollIn = 1;
    private const short PollOut = 4;
    private const short PollError = 8;
    private const short PollHangUp = 0x10;
    private const short PollPeerShut = 0x2000;
    private const int Interrupted = 4;
    private const int IoError = 5;
    private const int NoReader = 6;
    private const int TryAgain = 11;
    private const int BrokenPipe = 32;

    private static readonly TimeSpan Recheck = TimeSpan.FromMilliseconds(100);
    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _gone = new(false);
    private readonly int _descriptor;
    private readonly bool _isReadable;
    private readonly bool _isOwned;
    private int _users;

    /// <param name="descriptor">An open file, non-blocking.</param>
    /// <param name="isReadable">It is open for reading too.</param>
    /// <param name="isOwned">Closed with this.</param>
    public PosixDescriptor(int descriptor, bool isReadable, bool isOwned = true)
    {
        _descriptor = descriptor;
        _isReadable = isReadable;
        _isOwned = isOwned;
    }

    public bool IsGone => _gone.IsSet;

    /// <summary>True when the other end is closed: poll(2)'s POLLHUP, or for sockets POLLRDHUP.</summary>
    public static bool IsHungUp(int descriptor) =>
        (Poll(descriptor, PollPeerShut, TimeSpan.Zero) & (PollHangUp | PollError | PollPeerShut)) != 0;

    /// <summary>Opens a named pipe for writing.</summary>
    /// <returns>Null while no process has it open for reading.</returns>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static PosixDescriptor? TryOpenPipe(string path)
    {
        int descriptor = Open(path, WriteOnly | NonBlocking | CloseOnExec);
        if (descriptor >= 0)
            return new PosixDescriptor(descriptor, isReadable: false);
        return Marshal.GetLastPInvokeError() == NoReader ? null : throw LastError();
    }

    /// <summary>The error of the last system call, with its number.</summary>
    public static IOException LastError()
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException(FileErrors.ByNumber(error) ?? Marshal.GetPInvokeErrorMessage(error), error);
    }

    public int Read(Span<byte> buffer)
    {
        while (true)
        {
            short ready = Wait(_isReadable ? PollIn : (short)0);
            if ((ready & PollIn) != 0)
            {
                nint count;
                fixed (byte* bytes = buffer)
                    count = Use(bytes, buffer.Length, ReadFrom);
                if (count > 0)
                    return (int)count;
                if (count < 0 && Marshal.GetLastPInvokeError() is Interrupted or TryAgain)
                    continue;
                // A terminal whose other end is closed returns EIO.
                if (count < 0 && Marshal.GetLastPInvokeError() != IoError)
                    throw LastError();
            }

            if (ready != 0)
                throw Gone();
        }
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            short ready = Wait(PollOut);
            if ((ready & (PollHangUp | PollError)) != 0)
                throw Gone();
            if ((ready & PollOut) == 0)
                continue;
            nint count;
            fixed (byte* start = bytes)
                count = Use(start, bytes.Length, WriteTo);
            if (count >= 0)
                bytes = bytes[(int)count..];
            else if (Marshal.GetLastPInvokeError() is IoError or BrokenPipe)
                throw Gone();
            else if (Marshal.GetLastPInvokeError() is not (Interrupted or TryAgain))
                throw LastError();
        }
    }

    public void WaitUntilRead(TimeSpan limit)
    {
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_gone.IsSet)
                return;
            _gone.Set();
            if (_users == 0 && _isOwned)
                _ = Close(_descriptor);
        }
    }

    private delegate nint Transfer(int descriptor, byte* bytes, nuint count);

    private PeerGoneException Gone()
    {
        Dispose();
        return new PeerGoneException();
    }

    // Counts users, because a descriptor closed while another thread uses its number could by then name another file.
    private bool Enter()
    {
        lock (_gate)
        {
            if (_gone.IsSet)
                return false;
            _users++;
            return true;
        }
    }

    private void Exit()
    {
        lock (_gate)
        {
            if (--_users == 0 && _gone.IsSet && _isOwned)
                _ = Close(_descriptor);
        }
    }

    private nint Use(byte* bytes, int count, Transfer transfer)
    {
        if (!Enter())
            throw new PeerGoneException();
        nint result = transfer(_descriptor, bytes, (nuint)count);
        int error = Marshal.GetLastPInvokeError();
        Exit();
        Marshal.SetLastPInvokeError(error);
        return result;
    }

    private short Wait(short events)
    {
        if (!Enter())
            throw new PeerGoneException();
        short ready = Poll(_descriptor, events, Recheck);
        Exit();
        return ready;
    }

    private static short Poll(int descriptor, short events, TimeSpan limit)
    {
        var entry = new PollEntry { Descriptor = descriptor, Events = events };
        return PollOne(&entry, 1, (int)limit.TotalMilliseconds) > 0 ? entry.Ready : (short)0;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Ready;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint ReadFrom(int descriptor, byte* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint WriteTo(int descriptor, byte* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int PollOne(PollEntry* entries, nuint count, int milliseconds);
}
