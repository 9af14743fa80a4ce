using Ps3Platform.Devices.Characters;
using Ps3Platform.Host.Files;
using Ps3Platform.Host.Streams;

namespace Ps3Platform.Host.Characters;

/// <summary>Opens back ends.</summary>
public static class CharacterBackends
{
    // Pipes and files are expected to keep up; what is this far behind has stopped.
    private const int StreamOutput = 16 << 20;

    // Of a boot that nobody has watched the last megabyte is kept.
    private const int PeerOutput = 1 << 20;

    // What a terminal driver holds is enough: the peer waits behind it.
    private const int Input = 4 << 10;

    /// <summary>Opens a back end.</summary>
    /// <param name="spec">Which.</param>
    /// <param name="takesInput">
    /// Somebody in the machine will read what peers send. Otherwise it is dropped and counted, and standard input is not touched.
    /// </param>
    /// <param name="keepsOutput">
    /// What is written while there is no peer, or was not sent when one goes, is kept for the next; otherwise dropped, as answers are that
    /// the next peer has not asked for.
    /// </param>
    /// <exception cref="CharacterException">It cannot be opened; the message says why, and the way out.</exception>
    public static CharacterBackend Open(CharacterSpec spec, bool takesInput, bool keepsOutput = true)
    {
        ArgumentNullException.ThrowIfNull(spec);
        (IEndpoint endpoint, int output) = spec.Kind switch
        {
            CharacterKind.Stdio => (OpenStandardStreams(spec, takesInput), StreamOutput),
            CharacterKind.Pty => (OpenPty(spec), PeerOutput),
            CharacterKind.Tcp => (SocketEndpoint.ListenTcp(spec), PeerOutput),
            CharacterKind.Unix => (SocketEndpoint.ListenUnix(spec), PeerOutput),
            CharacterKind.File => (OpenFile(spec), StreamOutput),
            _ => (Streams(spec, null, Stream.Null), PeerOutput),
        };
        return Open(endpoint, new CharacterBuffers(output, Input), takesInput, keepsOutput);
    }

    /// <summary>Makes a back end with buffers of other sizes, for tests.</summary>
    internal static CharacterBackend Open(IEndpoint endpoint, CharacterBuffers buffers, bool takesInput, bool keepsOutput = true) =>
        new(endpoint, buffers, takesInput, keepsOutput);

    private static StreamEndpoint Streams(CharacterSpec spec, Stream? input, Stream output) => new(spec.ToString(), input, output);

    private static StreamEndpoint OpenStandardStreams(CharacterSpec spec, bool takesInput) =>
        Streams(spec, takesInput ? Console.OpenStandardInput() : null, HostOutput.OpenStandardOutput());

    private static PtyEndpoint OpenPty(CharacterSpec spec)
    {
        if (!OperatingSystem.IsLinux())
            throw new CharacterException($"{spec}: pseudo terminals are Linux's; give tcp:PORT.");
        try
        {
            return new PtyEndpoint();
        }
        catch (IOException e)
        {
            throw new CharacterException(
                $"{spec}: the host gives no pseudo terminal: {FileErrors.Reason(e)}; give tcp:PORT or unix:PATH.", e);
        }
    }

    private static IEndpoint OpenFile(CharacterSpec spec)
    {
        FileKind kind = FileKinds.Of(spec.Path);
        if (kind is FileKind.Folder or FileKind.Socket)
            throw new CharacterException($"{spec}: is {FileKinds.Describe(kind)}; give the name of a file to write.");
        if (kind == FileKind.Pipe)
            return new PipeEndpoint(spec.Path);
        // /dev/stdout may be an ordinary file that has something in it.
        FileMode mode = kind == FileKind.Device ? FileMode.Open : FileKinds.IsDescriptor(spec.Path) ? FileMode.Append : FileMode.Create;
        try
        {
            return Streams(spec, null, new FileStream(spec.Path, mode, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0));
        }
        catch (Exception e) when (FileErrors.IsFileError(e))
        {
            throw new CharacterException($"{spec}: cannot be written: {FileErrors.Reason(e)}; give another name or folder.", e);
        }
    }
}
