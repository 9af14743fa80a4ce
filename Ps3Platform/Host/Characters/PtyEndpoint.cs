using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Ps3Platform.Host.Characters;

/// <summary>
/// A pseudo terminal of Linux's (pty(7)): a peer is somebody who has its terminal open. It starts in raw mode: nothing is echoed to the
/// guest, and no end of line is changed.
/// </summary>
internal sealed unsafe partial class PtyEndpoint : IEndpoint
{
    private const int Flags = PosixDescriptor.ReadWrite | PosixDescriptor.NoControllingTerminal | PosixDescriptor.CloseOnExec;
    private const int LongestName = 64;

    // Larger than struct termios of every C library.
    private const int TermiosBytes = 256;
    private const int Now = 0;
    private const nuint BytesToRead = 0x541b;
    private static readonly TimeSpan Recheck = TimeSpan.FromMilliseconds(50);
    private readonly ManualResetEventSlim _ended = new(false);
    private readonly int _controller;

    /// <exception cref="IOException">There is no pseudo terminal.</exception>
    public PtyEndpoint()
    {
        _controller = OpenController(Flags | PosixDescriptor.NonBlocking);
        if (_controller < 0)
            throw PosixDescriptor.LastError();
        byte* name = stackalloc byte[LongestName];
        byte* mode = stackalloc byte[TermiosBytes];
        int terminal = -1;
        try
        {
            if (Grant(_controller) != 0 || Unlock(_controller) != 0)
                throw PosixDescriptor.LastError();
            Marshal.SetLastPInvokeError(NameOf(_controller, name, LongestName));
            if (Marshal.GetLastPInvokeError() != 0)
                throw PosixDescriptor.LastError();
            Name = Marshal.PtrToStringUTF8((nint)name)!;
            terminal = PosixDescriptor.Open(Name, Flags);
            if (terminal < 0 || GetMode(terminal, mode) != 0)
                throw PosixDescriptor.LastError();
            MakeRaw(mode);
            if (SetMode(terminal, Now, mode) != 0)
                throw PosixDescriptor.LastError();
        }
        catch (IOException)
        {
            _ = PosixDescriptor.Close(_controller);
            throw;
        }
        finally
        {
            // A terminal that was opened and closed again reads as hung up until somebody opens it: that is how a peer is seen.
            if (terminal >= 0)
                _ = PosixDescriptor.Close(terminal);
        }
    }

    public string Name { get; }

    public bool HasFurtherPeers => true;

    public TimeSpan PatienceAtEnd => TimeSpan.FromSeconds(1);

    public long Refused => 0;

    public IPeer? WaitForPeer()
    {
        while (!_ended.Wait(Recheck))
        {
            if (!PosixDescriptor.IsHungUp(_controller))
                return new PtyPeer(new PosixDescriptor(_controller, isReadable: true, isOwned: false), Name);
        }

        return null;
    }

    public void Stop() => _ended.Set();

    public void Dispose()
    {
        _ended.Dispose();
        _ = PosixDescriptor.Close(_controller);
    }

    /// <summary>The controlling end while somebody has the terminal open.</summary>
    private sealed class PtyPeer(PosixDescriptor controller, string name) : IPeer
    {
        public bool IsGone => controller.IsGone;

        public int Read(Span<byte> buffer) => controller.Read(buffer);

        public void Write(ReadOnlySpan<byte> bytes) => controller.Write(bytes);

        // What its reader has not read is lost when the controlling end is closed (tty_vhangup flushes it).
        public void Linger(TimeSpan patience)
        {
            int terminal = PosixDescriptor.Open(name, Flags | PosixDescriptor.NonBlocking);
            if (terminal < 0)
                return;
            long started = Stopwatch.GetTimestamp();
            // The kernel moves bytes to where they are counted on a thread of its own: only two zeros in a row mean that all were read.
            for (int zeros = 0; zeros < 2 && Stopwatch.GetElapsedTime(started) < patience;)
            {
                int left = 0;
                zeros = Control(terminal, BytesToRead, &left) == 0 && left == 0 ? zeros + 1 : 0;
                Thread.Sleep(10);
            }

            _ = PosixDescriptor.Close(terminal);
        }

        public void Dispose() => controller.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenController(int flags);

    [LibraryImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Grant(int controller);

    [LibraryImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unlock(int controller);

    [LibraryImport("libc", EntryPoint = "ptsname_r")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int NameOf(int controller, byte* name, nuint size);

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetMode(int terminal, byte* mode);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetMode(int terminal, int when, byte* mode);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void MakeRaw(byte* mode);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(int descriptor, nuint request, int* value);
}
