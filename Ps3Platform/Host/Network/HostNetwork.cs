using Ps3Platform.Devices.Network;

namespace Ps3Platform.Host.Network;

/// <summary>
/// The host's end of a machine's network: the back end that a user asked for, and a capture of what passes if that was asked for too. It
/// outlives the machine: a guest that restarts is connected to it again.
/// </summary>
public sealed class HostNetwork : INetworkBackend, IDisposable
{
    private readonly INetworkBackend? _behind;
    private readonly PacketCapture? _capture;
    private volatile IPacketSink? _sink;

    private HostNetwork(INetworkBackend? behind, PacketCapture? capture)
    {
        _behind = behind;
        _capture = capture;
        _behind?.Attach(new Incoming(this));
    }

    /// <summary>Frames of the guest that the back end could not take.</summary>
    public long Dropped => _behind switch
    {
        UserNetwork user => user.Dropped,
        SharedSwitch shared => shared.Dropped,
        TapNetwork tap => tap.Dropped,
        _ => 0,
    };

    /// <summary>Frames that the capture left out because its file was too slow.</summary>
    public long NotCaptured => _capture?.Dropped ?? 0;

    /// <summary>Why the capture is not complete, or null.</summary>
    public string? CaptureProblem => _capture?.Problem;

    /// <summary>Opens what a user asked for.</summary>
    /// <param name="spec">The back end.</param>
    /// <param name="capture">Path of a pcapng file, or null.</param>
    /// <returns>Null when nothing was asked for.</returns>
    /// <exception cref="NetworkException">It cannot be opened; the message says why, and the way out.</exception>
    public static HostNetwork? Open(NetworkSpec spec, string? capture)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (spec.Kind == NetworkKind.None && capture is null)
            return null;
        INetworkBackend? backend = spec.Kind switch
        {
            NetworkKind.User => new UserNetwork(spec),
            NetworkKind.Switch => new SharedSwitch(spec.Socket),
            NetworkKind.Tap => new TapNetwork(spec.Interface),
            _ => null,
        };
        return Open(backend, capture);
    }

    /// <summary>Puts a capture before a back end.</summary>
    internal static HostNetwork Open(INetworkBackend? backend, string? capture)
    {
        try
        {
            return new HostNetwork(backend, capture is null ? null : new PacketCapture(capture));
        }
        catch (NetworkException)
        {
            (backend as IDisposable)?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Attach(IPacketSink? sink) => _sink = sink;

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> frame)
    {
        _capture?.Add(frame, isOutbound: true);
        _behind?.Send(frame);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        (_behind as IDisposable)?.Dispose();
        _capture?.Dispose();
    }

    private sealed class Incoming(HostNetwork network) : IPacketSink
    {
        public void Send(ReadOnlySpan<byte> frame)
        {
            network._capture?.Add(frame, isOutbound: false);
            network._sink?.Send(frame);
        }
    }
}
