using CellPpe.Core.Ports;
using Lv1Hypervisor.Abi;
using Lv1Hypervisor.Contracts;
using Lv1Hypervisor.Partitions;

namespace Lv1Hypervisor.Services;

/// <summary>The repository: the machine's nodes and the partition's own (repository.md).</summary>
internal sealed class RepositoryCalls : IRepositoryCalls
{
    // r3 of a writing call: a value up to this is a partition id; a larger one is the first field of a name, which contains text.
    private const ulong LastPartitionId = 0xffff;

    // A limit chosen here on the nodes that a guest can make the host store.
    private const int MaxNodes = 4096;

    private readonly List<RepositoryNode> _initial;
    private readonly Dictionary<(ulong Partition, RepositoryKey Key), (ulong V1, ulong V2)> _nodes = [];

    public RepositoryCalls(IReadOnlyList<RepositoryNode> initial)
    {
        _initial = [.. initial];
        Reset();
    }

    /// <summary>Adds a node of the machine; a node of the same name is replaced.</summary>
    public void Announce(RepositoryNode node)
    {
        _initial.Add(node);
        _nodes[(node.Partition, node.Key)] = (node.V1, node.V2);
    }

    public void Reset()
    {
        _nodes.Clear();
        // Later nodes replace earlier ones, so the configured nodes replace those that lv1 adds itself.
        foreach (RepositoryNode node in _initial)
            _nodes[(node.Partition, node.Key)] = (node.V1, node.V2);
    }

    public Lv1Status ReadRepositoryNode(
        ILogicalPpeThread caller, ulong lparId, ulong n1, ulong n2, ulong n3, ulong n4, out ulong v1, out ulong v2)
    {
        ulong partition = lparId == 0 ? Lpar.Id : lparId;
        bool found = _nodes.TryGetValue((partition, new RepositoryKey(n1, n2, n3, n4)), out (ulong V1, ulong V2) values);
        (v1, v2) = values;
        return found ? Lv1Status.Success : Lv1Status.NoEntry;
    }

    public Lv1Status CreateRepositoryNode(
        ILogicalPpeThread caller, ulong a0, ulong a1, ulong a2, ulong a3, ulong a4, ulong a5, ulong a6)
    {
        Write write = Arrange(a0, a1, a2, a3, a4, a5, a6);
        if (!IsWritable(write.Partition))
            return Lv1Status.NoPrivilege;
        if (_nodes.ContainsKey((write.Partition, write.Key)))
            return Lv1Status.DuplicateEntry;
        if (_nodes.Count >= MaxNodes)
            return Lv1Status.ResourceShortage;
        _nodes.Add((write.Partition, write.Key), (write.V1, write.V2));
        return Lv1Status.Success;
    }

    public Lv1Status WriteRepositoryNode(
        ILogicalPpeThread caller, ulong a0, ulong a1, ulong a2, ulong a3, ulong a4, ulong a5, ulong a6)
    {
        Write write = Arrange(a0, a1, a2, a3, a4, a5, a6);
        if (!IsWritable(write.Partition))
            return Lv1Status.NoPrivilege;
        if (!_nodes.ContainsKey((write.Partition, write.Key)))
            return Lv1Status.NoEntry;
        _nodes[(write.Partition, write.Key)] = (write.V1, write.V2);
        return Lv1Status.Success;
    }

    public Lv1Status DeleteRepositoryNode(ILogicalPpeThread caller, ulong a0, ulong a1, ulong a2, ulong a3, ulong a4)
    {
        Write write = Arrange(a0, a1, a2, a3, a4, 0, 0);
        if (!IsWritable(write.Partition))
            return Lv1Status.NoPrivilege;
        return _nodes.Remove((write.Partition, write.Key)) ? Lv1Status.Success : Lv1Status.NoEntry;
    }

    // Mainline Linux passes n1 in r3. Some community kernels pass a partition id there and each other argument one register later.
    private static Write Arrange(ulong a0, ulong a1, ulong a2, ulong a3, ulong a4, ulong a5, ulong a6) =>
        a0 <= LastPartitionId
            ? new Write(a0 == 0 ? Lpar.Id : a0, new RepositoryKey(a1, a2, a3, a4), a5, a6)
            : new Write(Lpar.Id, new RepositoryKey(a0, a1, a2, a3), a4, a5);

    // The policy has already refused writes to the machine's nodes by partitions without that capability. No other partitions exist.
    private static bool IsWritable(ulong partition) => partition is Lpar.Id or Lpar.MachineId;

    private readonly record struct Write(ulong Partition, RepositoryKey Key, ulong V1, ulong V2);
}
