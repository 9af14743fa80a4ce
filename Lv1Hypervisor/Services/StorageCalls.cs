using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Abi;
using Lv1Hypervisor.Contracts;
using Lv1Hypervisor.Partitions;

namespace Lv1Hypervisor.Services;

/// <summary>
/// The storage calls (lv1-calls.md 10). They name a device of the storage bus by its id alone; a device that is not open accepts no
/// commands.
/// </summary>
internal sealed class StorageCalls(DeviceTable devices) : IStorageCalls
{
    public Lv1Status StorageRead(
        ILogicalPpeThread caller, ulong dev, ulong region, ulong start, ulong blocks, ulong flags, ulong buffer, out ulong tag)
    {
        tag = 0;
        Lv1Status status = Find(dev, out IStorageDevice? device);
        return device?.Read(new StorageTransfer(region, start, blocks, flags, new LparAddress(buffer)), out tag) ?? status;
    }

    public Lv1Status StorageWrite(
        ILogicalPpeThread caller, ulong dev, ulong region, ulong start, ulong blocks, ulong flags, ulong buffer, out ulong tag)
    {
        tag = 0;
        Lv1Status status = Find(dev, out IStorageDevice? device);
        return device?.Write(new StorageTransfer(region, start, blocks, flags, new LparAddress(buffer)), out tag) ?? status;
    }

    public Lv1Status StorageSendDeviceCommand(
        ILogicalPpeThread caller, ulong dev, ulong command, ulong arg1, ulong arg2, ulong arg3, ulong arg4, out ulong tag)
    {
        tag = 0;
        Lv1Status status = Find(dev, out IStorageDevice? device);
        return device?.SendCommand(command, new StorageCommandArguments(arg1, arg2, arg3, arg4), out tag) ?? status;
    }

    public Lv1Status StorageGetAsyncStatus(ILogicalPpeThread caller, ulong dev, out ulong tag, out ulong status)
    {
        tag = status = 0;
        Lv1Status refused = Find(dev, out IStorageDevice? device);
        return device?.GetAsyncStatus(out tag, out status) ?? refused;
    }

    public Lv1Status StorageCheckAsyncStatus(ILogicalPpeThread caller, ulong dev, ulong tag, out ulong status)
    {
        status = 0;
        Lv1Status refused = Find(dev, out IStorageDevice? device);
        return device?.CheckAsyncStatus(tag, out status) ?? refused;
    }

    private Lv1Status Find(ulong dev, out IStorageDevice? storage)
    {
        bool found = devices.TryGet(BusNodes.IdOf(BusKind.Storage), dev, out SystemDevice? device);
        storage = found && device!.IsOpen ? device.Storage : null;
        return found && device!.Storage is not null ? Lv1Status.WrongState : Lv1Status.NoEntry;
    }
}
