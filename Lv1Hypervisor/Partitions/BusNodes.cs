using Lv1Hypervisor.Contracts;

namespace Lv1Hypervisor.Partitions;

/// <summary>
/// Makes the repository nodes of buses and devices. Both are numbered without gaps in the order in which they are added, because
/// Linux stops its scan at the first gap (repository.md 3.2).
/// </summary>
internal sealed class BusNodes
{
    private readonly List<BusKind> _buses = [];
    private readonly Dictionary<BusKind, int> _devices = [];

    /// <summary>The id of a bus in hypercalls: on retail consoles 1 for the south bridge and 4 for storage (repository.md 3.3).</summary>
    public static ulong IdOf(BusKind bus) => bus == BusKind.System ? 1UL : 4UL;

    /// <summary>Adds a device and returns the nodes that describe it. They replace existing nodes of the same name.</summary>
    public IEnumerable<RepositoryNode> Add(BusDevice device)
    {
        if (!_buses.Contains(device.Bus))
            _buses.Add(device.Bus);
        string bus = $"bus{_buses.IndexOf(device.Bus)}";
        int index = _devices.GetValueOrDefault(device.Bus);
        _devices[device.Bus] = index + 1;
        string place = $"{bus}/dev{index}";
        return
        [
            RepositoryNode.Machine($"{bus}/type", (ulong)device.Bus),
            RepositoryNode.Machine($"{bus}/id", IdOf(device.Bus)),
            RepositoryNode.Machine($"{bus}/num_dev", (ulong)index + 1),
            RepositoryNode.Machine($"{place}/type", device.Type),
            RepositoryNode.Machine($"{place}/id", device.Id),
            .. device.Interrupts.Select((interrupt, k) => RepositoryNode.Machine($"{place}/intr{k}", interrupt.Type, interrupt.Id)),
            .. device.Registers.SelectMany((registers, k) => new[]
            {
                RepositoryNode.Machine($"{place}/reg{k}/type", registers.Type),
                RepositoryNode.Machine($"{place}/reg{k}/data", registers.Address, registers.Size),
            }),
            .. device.Properties.Select(property => RepositoryNode.Machine($"{place}/{property.Path}", property.Value)),
        ];
    }
}
