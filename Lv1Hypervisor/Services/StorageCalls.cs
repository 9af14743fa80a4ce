using CellPpe.Core.Ports;
using Lv1Hypervisor.Abi;

namespace Lv1Hypervisor.Services;

/// <summary>Storage calls on a machine that has no storage device: there is no such device, whatever its id.</summary>
internal sealed class StorageCalls : IStorageCalls
{
    public Lv1Status StorageRead(
        ILogicalPpeThread caller, ulong dev, ulong region, ulong start, ulong blocks, ulong flags, ulong buffer, out ulong tag)
    {
        tag = 0;
        return Lv1Status.NoEntry;
    }

    public Lv1Status StorageWrite(
        ILogicalPpeThread caller, ulong dev, ulong region, ulong start, ulong blocks, ulong flags, ulong buffer, out ulong tag)
    {
        tag = 0;
        return Lv1Status.NoEntry;
    }

    public Lv1Status StorageSendDeviceCommand(
        ILogicalPpeThread caller, ulong dev, ulong command, ulong arg1, ulong arg2, ulong arg3, ulong arg4, out ulong tag)
    {
        tag = 0;
        return Lv1Status.NoEntry;
    }

    public Lv1Status StorageGetAsyncStatus(ILogicalPpeThread caller, ulong dev, out ulong tag, out ulong status)
    {
        tag = status = 0;
        return Lv1Status.NoEntry;
    }

    public Lv1Status StorageCheckAsyncStatus(ILogicalPpeThread caller, ulong dev, ulong tag, out ulong status)
    {
        status = 0;
        return Lv1Status.NoEntry;
    }
}
