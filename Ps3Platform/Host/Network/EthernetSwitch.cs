using Ps3Platform.Devices.Network;

namespace Ps3Platform.Host.Network;

/// <summary>
/// A learning Ethernet switch between machines of one process (IEEE 802.1D, 7.8 and 7.9, without spanning tree). A frame goes to the port
/// on which its destination was last seen as a source, or to all other ports. Frames pass on the sender's thread, into the bounded queues
/// of the receivers, so that no port can stop another.
/// </summary>
public sealed class EthernetSwitch
{
    /// <summary>Stations that are remembered. A port that shows more makes the oldest ones be forgotten.</summary>
    public const int MostStations = 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, Port> _stations = [];
    private readonly Queue<ulong> _order = new();
    private volatile Port[] _ports = [];
    private long _malformed;

    /// <summary>Frames that were shorter than a header or longer than <see cref="FrameQueue.LongestFrame"/>.</summary>
    public long Malformed => Interlocked.Read(ref _malformed);

    /// <summary>Stations that are remembered now.</summary>
    public int Stations
    {
        get
        {
            lock (_gate)
                return _stations.Count;
        }
    }

    /// <summary>Makes a port. It is a back end for one machine.</summary>
    public INetworkBackend Connect()
    {
        var port = new Port(this);
        lock (_gate)
            _ports = [.. _ports, port];
        return port;
    }

    /// <summary>Takes a port away, and forgets the stations behind it.</summary>
    public void Disconnect(INetworkBackend port)
    {
        lock (_gate)
        {
            _ports = [.. _ports.Where(other => other != port)];
            foreach ((ulong station, Port at) in _stations)
            {
                if (at == port)
                    _stations.Remove(station);
            }
        }
    }

    private void Forward(Port from, ReadOnlySpan<byte> frame)
    {
        if (frame.Length is < EthernetFrame.HeaderSize or > FrameQueue.LongestFrame)
        {
            Interlocked.Increment(ref _malformed);
            return;
        }

        ulong destination = EthernetFrame.AddressAt(frame, 0);
        Port? target = null;
        lock (_gate)
        {
            Learn(EthernetFrame.AddressAt(frame, EthernetFrame.AddressSize), from);
            if (!EthernetFrame.IsGroup(destination))
                _stations.TryGetValue(destination, out target);
        }

        if (target is not null)
        {
            if (target != from)
                target.Deliver(frame);
            return;
        }

        foreach (Port port in _ports)
        {
            if (port != from)
                port.Deliver(frame);
        }
    }

    // A group address is no station's own.
    private void Learn(ulong source, Port from)
    {
        if (EthernetFrame.IsGroup(source) || !_ports.Contains(from))
            return;
        if (_stations.TryAdd(source, from))
            _order.Enqueue(source);
        else
            _stations[source] = from;
        while (_stations.Count > MostStations || _order.Count > 2 * MostStations)
            _stations.Remove(_order.Dequeue());
    }

    private sealed class Port(EthernetSwitch owner) : INetworkBackend
    {
        private volatile IPacketSink? _sink;

        public void Attach(IPacketSink? sink) => _sink = sink;

        public void Send(ReadOnlySpan<byte> frame) => owner.Forward(this, frame);

        public void Deliver(ReadOnlySpan<byte> frame) => _sink?.Send(frame);
    }
}
