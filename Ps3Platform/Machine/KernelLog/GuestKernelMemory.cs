using CellPpe.Core;
using CellPpe.Ppe;
using CellPpe.Ppe.Threads;

namespace Ps3Platform.Machine.KernelLog;

/// <summary>
/// A machine's memory as a 64-bit Linux kernel addresses it: boot memory through the linear mapping, everything else through the page
/// table. Reads do not change the machine, not even R bits. No thread may run meanwhile.
/// </summary>
/// <param name="memory">The partition's memory.</param>
/// <param name="ppe">The processor whose page table translates addresses outside the linear mapping.</param>
/// <param name="bootMemorySize">Bytes of boot memory, from address 0.</param>
internal sealed class GuestKernelMemory(GuestMemory memory, PpuCore ppe, ulong bootMemorySize) : IKernelMemory
{
    private const ulong LinearMapping = 0xc000_0000_0000_0000;

    /// <inheritdoc/>
    public ulong ImageAddress => LinearMapping;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Image =>
        memory.TrySlice(default, bootMemorySize, RegionAccess.Read, out Span<byte> bytes) ? bytes : default;

    /// <inheritdoc/>
    public bool TryRead(ulong address, Span<byte> destination)
    {
        ReadOnlySpan<byte> image = Image;
        ulong offset = address - LinearMapping;
        if (address >= LinearMapping && offset <= (ulong)image.Length && (ulong)destination.Length <= (ulong)image.Length - offset)
        {
            image.Slice((int)offset, destination.Length).CopyTo(destination);
            return true;
        }

        while (!destination.IsEmpty)
        {
            int run = (int)Math.Min((ulong)destination.Length, GuestMemory.PageSize - (address & (GuestMemory.PageSize - 1)));
            if (!TryReadPage(address, destination[..run]))
                return false;
            destination = destination[run..];
            address += (ulong)run;
        }

        return true;
    }

    private bool TryReadPage(ulong address, Span<byte> destination)
    {
        foreach (PpuThread thread in ppe.Threads)
        {
            if (GuestPeek.TryTranslate(
                thread, translated: true, new EffectiveAddress(address), (ulong)destination.Length, out LparAddress real)
                && memory.TryRead(real, destination))
            {
                return true;
            }
        }

        return false;
    }
}
