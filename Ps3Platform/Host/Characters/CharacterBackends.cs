using Ps3Platform.Devices.Characters;
using Ps3Platform.Host.Files;
using Ps3Platform.Host.Streams;

namespace Ps3Platform.Host.Characters;

/// <summary>Opens back ends.</summary>
public static class CharacterBackends
{
    // Pipes and files normally keep up; one that is this far behind has stopped reading.
    private const int StreamOutput = 16 << 20;

    // The last megabyte of a boot is kept for a peer that connects later.
    private const int PeerOutput = 1 << 20;

    // As much as a terminal driver buffers; the peer waits when it is full.
    private const int Input = 4 << 10;

    /// <summary>Opens a back end.</summary>
    /// <param name="spec">The kind and address of the back end.</param>
    /// <param name="takesInput">
    /// True when the machine reads input. Otherwise input from peers is dropped and counted, and standard input is not read.
    /// </param>
    /// <param name="keepsOutput">
    /// True: output that no peer has received is kept for the next peer. False: it is dropped, as answers are that the next peer has not
    /// asked for, and so is unread input of a peer that has gone.
    /// </param>
    /// <exception cref="CharacterException">It cannot be opened; the message has the reason and what to do.</exception>
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
            CharacterKind.Web => throw new CharacterException(
                $"{spec}: the page of --web has a terminal for the USB serial adapter alone; give --serial web and --web PORT."),
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
        // /dev/stdout may be an ordinary file that is not empty.
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
