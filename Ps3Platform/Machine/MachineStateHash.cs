using System.Security.Cryptography;

using CellPpe.Core;

namespace Ps3Platform.Machine;

/// <summary>
/// A digest of a machine's state: registers of all threads and SPEs, the selected page table, time, and every byte of memory. The
/// internal state of lv1 and devices (plugs, queues) is not included.
/// </summary>
public static class MachineStateHash
{
    /// <summary>The SHA-256 of the state, as lower-case hexadecimal digits.</summary>
    public static unsafe string Of(Ps3Machine machine)
    {
        ArgumentNullException.ThrowIfNull(machine);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(BitConverter.GetBytes(machine.Clock.TimeBase));
        machine.Ppe.AppendState(hash);
        machine.Spes?.AppendState(hash);
        foreach (MemoryRegion region in machine.Memory.Regions)
        {
            hash.AppendData(BitConverter.GetBytes(region.Start.Value));
            const int Piece = 1 << 24;
            for (ulong offset = 0; region.Device is null && offset < region.Size; offset += Piece)
            {
                // In bounds: the region lies inside the host block.
                int length = (int)Math.Min(Piece, region.Size - offset);
                hash.AppendData(new ReadOnlySpan<byte>(machine.Memory.HostBase + region.HostOffset + offset, length));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
