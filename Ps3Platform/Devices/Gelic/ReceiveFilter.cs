namespace Ps3Platform.Devices.Gelic;

/// <summary>
/// Decides which frames are for this station: its own address, and the groups that the guest listed (lv1_net_add_multicast_address). lv1
/// has no call for receiving frames to other stations, so that Linux's promiscuous mode shows the same frames.
/// </summary>
internal sealed class ReceiveFilter(ulong macAddress)
{
    public const ulong Broadcast = 0xffff_ffff_ffff;

    private const ulong GroupBit = 0x0100_0000_0000;
    private const int Capacity = 32;
    private readonly HashSet<ulong> _groups = [];
    private bool _broadcast;
    private bool _allGroups;

    /// <summary>Group addresses in ascending order, broadcast among them.</summary>
    public IReadOnlyList<ulong> Groups => [.. _groups.Order(), .. _broadcast ? [Broadcast] : Array.Empty<ulong>()];

    public void Clear()
    {
        _groups.Clear();
        _broadcast = false;
        _allGroups = false;
    }

    public void AddAllGroups() => _allGroups = true;

    /// <summary>False when the list is full. Broadcast has its own place: Linux adds it beside 32 others.</summary>
    public bool TryAdd(ulong address)
    {
        if (address == Broadcast)
        {
            _broadcast = true;
            return true;
        }

        if (!_groups.Contains(address) && _groups.Count == Capacity)
            return false;
        _groups.Add(address);
        return true;
    }

    public static bool IsGroup(ulong address) => address <= Broadcast && (address & GroupBit) != 0;

    public bool Accepts(ReadOnlySpan<byte> frame)
    {
        ulong destination = 0;
        foreach (byte part in frame[..6])
            destination = destination << 8 | part;
        if (destination == macAddress)
            return true;
        if (destination == Broadcast)
            return _broadcast;
        return IsGroup(destination) && (_allGroups || _groups.Contains(destination));
    }
}
