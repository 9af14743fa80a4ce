using System.Runtime.InteropServices;

using Ps3Platform.Host.Files;

namespace Ps3Platform.Host.Streams;

/// <summary>
/// The reader of standard output has gone, as <c>head</c> does when it has seen enough. Not a failure: nobody wants the rest.
/// </summary>
internal sealed class OutputClosedException() : IOException("the reader of standard output has gone");

/// <summary>
/// Standard output or standard error, unbuffered. .NET's console stream hides that the reader of a pipe has gone; this one says it by
/// <see cref="OutputClosedException"/>. A stream that was closed before the program started takes everything and keeps nothing.
/// </summary>
internal sealed unsafe partial class HostOutput : WriteOnlyStream
{
    private const int StandardOutput = 1;
    private const int StandardError = 2;
    private const int Interrupted = 4;
    private const int TryAgain = 11;
    private const int BrokenPipe = 32;
    private readonly int _descriptor;

    private HostOutput(int descriptor) => _descriptor = descriptor;

    /// <summary>Standard output.</summary>
    public static Stream OpenStandardOutput() => OperatingSystem.IsLinux() ? Open(StandardOutput) : Console.OpenStandardOutput();

    /// <summary>Standard error; what cannot be written to it is dropped, because there is nowhere to say so.</summary>
    public static Stream OpenStandardError() =>
        new ForgivingStream(OperatingSystem.IsLinux() ? Open(StandardError) : Console.OpenStandardError());

    /// <summary>Makes <see cref="Console"/> write through these streams.</summary>
    public static void UseForConsole()
    {
        Console.SetOut(new StreamWriter(OpenStandardOutput()) { AutoFlush = true });
        Console.SetError(new StreamWriter(OpenStandardError()) { AutoFlush = true });
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            nint written;
            fixed (byte* bytes = buffer)
                written = WriteTo(_descriptor, bytes, (nuint)buffer.Length);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
                continue;
            }

            int error = Marshal.GetLastPInvokeError();
            switch (error)
            {
                case Interrupted:
                    break;
                case TryAgain:
                    // Somebody has made the descriptor non-blocking, and its reader is slow.
                    Thread.Sleep(1);
                    break;
                case BrokenPipe:
                    throw new OutputClosedException();
                default:
                    throw new IOException(
                        $"standard {(_descriptor == StandardError ? "error" : "output")}: "
                        + $"{FileErrors.ByNumber(error) ?? Marshal.GetPInvokeErrorMessage(error)}", error);
            }
        }
    }

    private static Stream Open(int descriptor) => IsOpenForWriting(descriptor) ? new HostOutput(descriptor) : Null;

    // Where the descriptor was closed the runtime may have got its number for something of its own, which must not be written to.
    private static bool IsOpenForWriting(int descriptor)
    {
        const int AccessMode = 3;
        try
        {
            string? flags = File.ReadLines($"/proc/self/fdinfo/{descriptor}")
                .FirstOrDefault(static line => line.StartsWith("flags:", StringComparison.Ordinal));
            bool isWritable = flags is null || (Convert.ToInt32(flags["flags:".Length..].Trim(), 8) & AccessMode) != 0;
            return isWritable
                && new FileInfo($"/proc/self/fd/{descriptor}").LinkTarget?.StartsWith("anon_inode:", StringComparison.Ordinal) != true;
        }
        catch (Exception e) when (FileErrors.IsFileError(e))
        {
            // Without /proc nothing can be said; with it the descriptor is closed.
            return !Directory.Exists("/proc/self/fdinfo");
        }
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint WriteTo(int descriptor, byte* bytes, nuint count);

    /// <summary>Drops what cannot be written.</summary>
    private sealed class ForgivingStream(Stream stream) : WriteOnlyStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            try
            {
                stream.Write(buffer);
            }
            catch (Exception e) when (FileErrors.IsFileError(e))
            {
                // There is nowhere left to say it; the exit code and the files still tell how the run ended.
            }
        }
    }
}
