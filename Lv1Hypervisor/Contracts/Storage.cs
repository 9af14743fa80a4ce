using CellPpe.Core;
using CellPpe.Core.Ports;

namespace Lv1Hypervisor.Contracts;

/// <summary>The blocks that lv1_storage_read or lv1_storage_write transfers, and the address of their bytes in memory.</summary>
/// <param name="Region">The region's id.</param>
/// <param name="Start">First block, from the start of the region.</param>
/// <param name="Blocks">How many blocks of the device's block size.</param>
/// <param name="Flags">0, or 2 to ask for access past the regions' access control (lv1-calls.md 10).</param>
/// <param name="Buffer">Partition address of the bytes.</param>
public readonly record struct StorageTransfer(ulong Region, ulong Start, ulong Blocks, ulong Flags, LparAddress Buffer);

/// <summary>The arguments of lv1_storage_send_device_command; what they mean depends on the command.</summary>
public readonly record struct StorageCommandArguments(ulong Arg1, ulong Arg2, ulong Arg3, ulong Arg4);

/// <summary>
/// A device behind lv1's storage calls (lv1-calls.md 10, devices.md 1). Commands are asynchronous: a call that succeeds returns a tag, the
/// device's event signals that a command is done, and the guest fetches tag and status. Every member returns a platform status.
/// </summary>
public interface IStorageDevice
{
    /// <summary>The guest opened or closed the device. Closing cancels its commands: they store nothing to memory afterwards.</summary>
    void SetOpen(bool open);

    /// <summary>Sets the line of the device's event; null when the guest disconnected it.</summary>
    void ConnectInterrupt(IInterruptLine? line);

    /// <summary>lv1_storage_read.</summary>
    Lv1Status Read(in StorageTransfer transfer, out ulong tag);

    /// <summary>lv1_storage_write.</summary>
    Lv1Status Write(in StorageTransfer transfer, out ulong tag);

    /// <summary>lv1_storage_send_device_command.</summary>
    Lv1Status SendCommand(ulong command, in StorageCommandArguments arguments, out ulong tag);

    /// <summary>lv1_storage_get_async_status: returns and retires the oldest command that is done.</summary>
    Lv1Status GetAsyncStatus(out ulong tag, out ulong status);

    /// <summary>lv1_storage_check_async_status: returns the status of one command, and retires it when it is done.</summary>
    Lv1Status CheckAsyncStatus(ulong tag, out ulong status);
}
