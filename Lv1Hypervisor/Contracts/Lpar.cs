namespace Lv1Hypervisor.Contracts;

/// <summary>The ids by which a guest names its partition and its PPE.</summary>
public static class Lpar
{
    /// <summary>Answer of lv1_get_logical_partition_id: what retail consoles give an OtherOS.</summary>
    public const ulong Id = 2;

    /// <summary>"Partition" 1 of the repository calls: the nodes about the machine.</summary>
    public const ulong MachineId = 1;

    /// <summary>Answer of lv1_get_logical_ppe_id.</summary>
    public const ulong PpeId = 1;

    /// <summary>Hardware threads of the one PPE.</summary>
    public const int ThreadCount = 2;
}
