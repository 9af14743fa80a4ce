using CellPpe.Core.Ports;
using Lv1Hypervisor.Abi;
using Lv1Hypervisor.Contracts;

namespace Lv1Hypervisor.Policy;

/// <summary>Decides for every hypercall whether this partition may make it with these arguments.</summary>
internal sealed class HypercallPolicy(LparCapabilities capabilities)
{
    public PolicyDecision Decide(in HypercallFrame frame) => Lv1Calls.Class(frame.Number) switch
    {
        HypercallClass.Network => Require(capabilities.Network),
        HypercallClass.Storage => Require(capabilities.Storage),
        HypercallClass.StorageAdministration => Require(capabilities.StorageAdministration),
        HypercallClass.Spe => Require(capabilities.Spe),
        // The answer of a console that lacks the keys of an isolated image (spe.md 8).
        HypercallClass.SpeIsolation => capabilities.SpeIsolation ? PolicyDecision.Allow : PolicyDecision.Deny(Lv1Status.NotImplemented),
        HypercallClass.Uart => Require(capabilities.VirtualUart),
        HypercallClass.Console => Require(capabilities.DebugConsole),
        HypercallClass.PerformanceMonitor => Require(capabilities.PerformanceMonitor),
        HypercallClass.PhysicalMemory => Require(capabilities.PhysicalMemory),
        HypercallClass.Repository => DecideRepository(in frame),
        HypercallClass.Gpu => DecideGpu(in frame),
        // An unassigned number reaches the dispatcher, whose answer is "not implemented".
        _ => PolicyDecision.Allow,
    };

    private static PolicyDecision Require(bool capability) =>
        capability ? PolicyDecision.Allow : PolicyDecision.Deny(Lv1Status.NoPrivilege);

    private PolicyDecision DecideRepository(in HypercallFrame frame)
    {
        // A first argument this small is a partition id, not a node name (see RepositoryCalls).
        bool writesMachine = frame.Number != (ulong)Lv1Call.ReadRepositoryNode && frame.In[0] == Lpar.MachineId;
        return Require(!writesMachine || capabilities.MachineRepositoryWrite);
    }

    private PolicyDecision DecideGpu(in HypercallFrame frame)
    {
        if (!capabilities.Gpu)
            return PolicyDecision.Deny(Lv1Status.NoPrivilege);
        return (Lv1Call)frame.Number switch
        {
            Lv1Call.GpuDeviceMap or Lv1Call.GpuDeviceUnmap => DecideGpuUnit(frame.In[0]),
            Lv1Call.GpuContextAttribute => DecideGpuAttribute(frame.In[1]),
            _ => PolicyDecision.Allow,
        };
    }

    // Units 1 (sound interrupt page) and 2 (sound registers) are open to the partition. The others are registers of the RSX, for
    // which a retail console returns -17.
    private static PolicyDecision DecideGpuUnit(ulong unit) =>
        unit is 1 or 2 ? PolicyDecision.Allow : PolicyDecision.NotOffered(Lv1Status.IllegalParameterValue);

    // Display (0x100..0x108) and framebuffer (0x600..0x603). A retail console answers -6 for an attribute it does not offer.
    private static PolicyDecision DecideGpuAttribute(ulong operation)
    {
        bool offered = operation is (>= 0x100 and <= 0x108) or (>= 0x600 and <= 0x603);
        return offered ? PolicyDecision.Allow : PolicyDecision.NotOffered(Lv1Status.NoEntry);
    }
}
