using System.Runtime.InteropServices;

namespace Ps3Platform.Host.Network;

/// <summary>
/// A list of sockets that are waited for together, with libslirp's event bits (SLIRP_POLL_*): poll(2), or WSAPoll on Windows. It belongs to
/// one thread.
/// </summary>
internal sealed unsafe partial class HostPoll
{
    public const int In = 1;
    public const int Out = 2;
    public const int Priority = 4;
    public const int Error = 8;
    public const int HangUp = 16;

    // poll.h; on Windows winsock2.h, where POLLPRI is refused.
    private static readonly bool IsWindows = OperatingSystem.IsWindows();
    private readonly (int Slirp, short Host)[] _bits = IsWindows
        ? [(In, 0x300), (Out, 0x10), (Error, 0x1), (HangUp, 0x2)]
        : [(In, 0x1), (Out, 0x4), (Priority, 0x2), (Error, 0x8), (HangUp, 0x10)];
    private PosixEntry[] _posix = new PosixEntry[16];
    private WindowsEntry[] _windows = new WindowsEntry[IsWindows ? 16 : 0];

    /// <summary>Sockets in the list.</summary>
    public int Count { get; private set; }

    public void Clear() => Count = 0;

    /// <summary>Adds a socket, and gives its place in the list.</summary>
    public int Add(nint socket, int events)
    {
        short wanted = 0;
        foreach ((int slirp, short host) in _bits)
        {
            // Errors are always reported; asking for them is refused on Windows.
            if ((events & slirp & (In | Out | Priority)) != 0)
                wanted |= host;
        }

        if (IsWindows)
        {
            if (Count == _windows.Length)
                Array.Resize(ref _windows, 2 * Count);
            _windows[Count] = new WindowsEntry { Socket = socket, Events = wanted };
        }
        else
        {
            if (Count == _posix.Length)
                Array.Resize(ref _posix, 2 * Count);
            _posix[Count] = new PosixEntry { Descriptor = (int)socket, Events = wanted };
        }

        return Count++;
    }

    /// <summary>Waits until one of them is ready.</summary>
    /// <returns>False when the host could not wait.</returns>
    public bool Wait(int milliseconds)
    {
        int result;
        fixed (PosixEntry* posix = _posix)
        fixed (WindowsEntry* windows = _windows)
        {
            result = IsWindows ? WindowsPoll(windows, (uint)Count, milliseconds) : PosixPoll(posix, (nuint)Count, milliseconds);
        }

        return result >= 0;
    }

    /// <summary>The events of a socket by its place in the list.</summary>
    public int Ready(int index)
    {
        if ((uint)index >= (uint)Count)
            return 0;
        short ready = IsWindows ? _windows[index].Ready : _posix[index].Ready;
        int events = 0;
        foreach ((int slirp, short host) in _bits)
        {
            if ((ready & host) != 0)
                events |= slirp;
        }

        return events;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PosixEntry
    {
        public int Descriptor;
        public short Events;
        public short Ready;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct WindowsEntry
    {
        public nint Socket;
        public short Events;
        public short Ready;
    }

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int PosixPoll(PosixEntry* entries, nuint count, int milliseconds);

    [LibraryImport("ws2_32", EntryPoint = "WSAPoll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int WindowsPoll(WindowsEntry* entries, uint count, int milliseconds);
}
