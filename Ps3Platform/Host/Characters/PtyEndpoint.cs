using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Ps3Platform.Host.Characters;

/// <summary>
/// A Linux pseudo terminal (pty(7)). A peer is a process that has its terminal open. It starts in raw mode: nothing is echoed to the
/// guest, and line ends are not changed.
/// </summary>
internal sealed unsafe partial class PtyEndpoint : IEndpoint
{
    private const int Flags = PosixDescriptor.ReadWrite | PosixDescriptor.NoControllingTerminal | PosixDescriptor.CloseOnExec;
    private const int LongestName = 64;

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
            if (terminal < 0 || Termios.TryGet(terminal)?.ToRaw(keepsOutput: false).TryApply(terminal) != true)
                throw PosixDescriptor.LastError();
        }
        catch (IOException)
        {
            _ = PosixDescriptor.Close(_controller);
            throw;
        }
        finally
        {
            // A terminal that was opened and closed reports a hang-up until a process opens it, so the end of the hang-up shows a peer.
            if (terminal >= 0)
                _ = PosixDescriptor.Close(terminal);
        }
    }

    public string Name { get; }

    public bool HasFurtherPeers => true;

    public TimeSpan DrainLimit => TimeSpan.FromSeconds(1);

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

    /// <summary>The controlling end while a process has the terminal open.</summary>
    private sealed class PtyPeer(PosixDescriptor controller, string name) : IPeer
    {
        public bool IsGone => controller.IsGone;

        public int Read(Span<byte> buffer) => controller.Read(buffer);

        public void Write(ReadOnlySpan<byte> bytes) => controller.Write(bytes);

        // Closing the controlling end discards bytes that the terminal's reader has not read (tty_vhangup flushes them).
        public void WaitUntilRead(TimeSpan limit)
        {
            int terminal = PosixDescriptor.Open(name, Flags | PosixDescriptor.NonBlocking);
            if (terminal < 0)
                return;
            long started = Stopwatch.GetTimestamp();
            // A kernel thread moves bytes to the queue that is counted here, so only two zeros in a row mean that all were read.
            for (int zeros = 0; zeros < 2 && Stopwatch.GetElapsedTime(started) < limit;)
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

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(int descriptor, nuint request, int* value);
}
