using CellPpe.Core.Ports;

using Ps3Platform.Devices.Blocks;

namespace Ps3Platform.Devices.Storage;

/// <summary>
/// The status word of a command that has ended: 0, or why it failed. Guests take any other value for an error (devices.md 1.1).
/// </summary>
internal static class StorageStatus
{
    public static ulong Of(Lv1Status status) => unchecked((ulong)(long)status);

    public static ulong Of(BlockError error) => error switch
    {
        BlockError.None => 0,
        BlockError.NoSpace => Of(Lv1Status.ResourceShortage),
        BlockError.ReadOnly => Of(Lv1Status.AccessViolation),
        BlockError.OutOfRange => Of(Lv1Status.IllegalParameterValue),
        _ => Of(Lv1Status.HardwareError),
    };
}
