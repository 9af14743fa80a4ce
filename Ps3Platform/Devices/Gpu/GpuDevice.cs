using System.Diagnostics.CodeAnalysis;
using CellPpe.Core;
using CellPpe.Core.Ports;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ps3Platform.Devices.Video;

namespace Ps3Platform.Devices.Gpu;

/// <summary>
/// The RSX as OtherOS may use it here: a framebuffer with two heads, blits done by lv1 and a vertical blank interrupt. The
/// command FIFO is refused: its registers are memory nobody reads, lv1's policy keeps its set-up away, and the kick is denied.
/// Owned by the emulation thread.
/// </summary>
/// <remarks>
/// Linux's ps3vram lives on that FIFO. Its probe kicks it, is denied, waits 100 ms for GET to reach PUT, frees all it has
/// allocated and leaves the machine without /dev/ps3vram; nothing else depends on it.
/// </remarks>
public sealed class GpuDevice : IGpuDevice
{
    private const int MaxContexts = 2;
    private const ulong FirstContextHandle = 0x5555_5555;

    // I/O page table entry flags: writable, readable (devices.md 5.1).
    private const ulong IomapWrite = 1UL << 63;
    private const ulong IomapRead = 1UL << 62;

    private readonly GuestMemory _memory;
    private readonly ILparAllocator _addresses;
    private readonly IOutletSource _outlets;
    private readonly ILogger _logger;
    private readonly GpuMemory _ddr;
    private readonly DisplayHeads _heads;
    private readonly Dictionary<ulong, GpuContext> _contexts = [];
    private ulong _nextContext = FirstContextHandle;
    private bool _open;
    private bool _fifoDenialLogged;

    /// <summary>Makes the GPU; it uses no host memory until a guest allocates some.</summary>
    public GpuDevice(
        GuestMemory memory, ILparAllocator addresses, IOutletSource outlets, EventQueue events, IMachineClock clock,
        ILogger<GpuDevice>? logger = null)
    {
        _memory = memory;
        _addresses = addresses;
        _outlets = outlets;
        _logger = logger ?? NullLogger<GpuDevice>.Instance;
        _ddr = new GpuMemory(memory, addresses);
        _heads = new DisplayHeads(events, clock);
    }

    /// <summary>The guest takes the picture away that a head shows; it can still be read while this is raised.</summary>
    public event Action? ScanOutEnding;

    /// <summary>Vertical blanks counted so far.</summary>
    public ulong VerticalBlanks => _heads.Blanks;

    /// <inheritdoc/>
    public Lv1Status Open()
    {
        // A kernel that came by kexec from a crashed one finds the GPU open; it starts afresh (boot-protocol 7).
        CloseAll();
        _open = true;
        return Lv1Status.Success;
    }

    /// <inheritdoc/>
    public Lv1Status Close()
    {
        if (!_open)
            return Lv1Status.WrongState;
        CloseAll();
        _open = false;
        return Lv1Status.Success;
    }

    /// <inheritdoc/>
    public Lv1Status MemoryAllocate(ulong size, out ulong handle, out LparAddress ddr)
    {
        handle = 0;
        ddr = default;
        if (!_open)
            return Lv1Status.WrongState;
        if (!_ddr.TryAllocate(size, out GpuAllocation? allocation))
            return Lv1Status.IllegalParameterValue;
        handle = allocation.Handle;
        ddr = allocation.Region.Start;
        return Lv1Status.Success;
    }

    /// <inheritdoc/>
    public Lv1Status MemoryFree(ulong handle)
    {
        if (!_ddr.TryFind(handle, out GpuAllocation? allocation))
            return Lv1Status.IllegalParameterValue;
        if (_contexts.Values.Any(context => context.Allocation == allocation))
            return Lv1Status.Busy;
        _ddr.Free(allocation);
        return Lv1Status.Success;
    }

    /// <inheritdoc/>
    public Lv1Status ContextAllocate(ulong memoryHandle, ulong flags, out GpuContextAreas areas)
    {
        areas = default;
        if (!_ddr.TryFind(memoryHandle, out GpuAllocation? allocation))
            return Lv1Status.IllegalParameterValue;
        if (_contexts.Count == MaxContexts)
            return Lv1Status.ResourceShortage;
        var context = GpuContext.TryCreate(_memory, _addresses, _outlets, _nextContext, (uint)_contexts.Count, allocation);
        if (context is null)
            return Lv1Status.ResourceShortage;

        _nextContext++;
        _contexts.Add(context.Handle, context);
        _heads.Add(context);
        areas = context.Areas;
        return Lv1Status.Success;
    }

    /// <inheritdoc/>
    public Lv1Status ContextFree(ulong context)
    {
        if (!TryFind(context, out GpuContext? found))
            return Lv1Status.IllegalParameterValue;
        Destroy(found);
        return Lv1Status.Success;
    }

    /// <inheritdoc/>
    public Lv1Status ContextIomap(ulong context, ulong ioAddress, LparAddress memory, ulong size, ulong flags)
    {
        if (!TryFind(context, out GpuContext? found) || !GpuIoMap.IsRange(ioAddress, size))
            return Lv1Status.IllegalParameterValue;
        if ((flags & (IomapWrite | IomapRead)) == 0)
        {
            found.IoMap.Unmap(ioAddress, size);
            return Lv1Status.Success;
        }

        if (memory.Value % GpuIoMap.Granule != 0)
            return Lv1Status.AlignmentError;
        if (!_memory.TrySlice(memory, size, RegionAccess.Read, out _))
            return Lv1Status.IllegalParameterValue;
        found.IoMap.Map(ioAddress, memory, size);
        return Lv1Status.Success;
    }

    /// <inheritdoc/>
    public Lv1Status ContextAttribute(ulong context, ulong operation, ulong p1, ulong p2, ulong p3, ulong p4)
    {
        // These concern the display, not a context: guests pass 0 before they have one.
        switch (operation)
        {
            case GpuAttribute.DisplayModeSet:
                // The mode itself comes from the AV settings service.
                return p3 < DisplayState.HeadCount ? Lv1Status.Success : Lv1Status.IllegalParameterValue;
            case GpuAttribute.DisplaySync:
                return _heads.SetSync(p1, p2);
            case > GpuAttribute.DisplayFlip and <= GpuAttribute.LastDisplay:
                return Lv1Status.Success;
            case GpuAttribute.DisplayFlip or (>= GpuAttribute.FramebufferSetup and <= GpuAttribute.FramebufferClose):
                return TryFind(context, out GpuContext? found)
                    ? FramebufferAttribute(found, operation, p1, p2, p3, p4)
                    : Lv1Status.IllegalParameterValue;
            default:
                _logger.LogDebug("GPU: no context attribute {Operation:x}", operation);
                return Lv1Status.NoEntry;
        }
    }

    /// <inheritdoc/>
    public Lv1Status ContextInterrupt(ulong context, out ulong causes)
    {
        causes = 0;
        if (!TryFind(context, out GpuContext? found))
            return Lv1Status.IllegalParameterValue;
        causes = found.TakeCauses();
        return Lv1Status.Success;
    }

    /// <inheritdoc/>
    public Lv1Status Attribute(ulong p0, ulong p1, ulong p2, ulong p3, ulong p4)
    {
        // The one known use (0x100, 7) sets up the sound device's memory, which device_map does not give out.
        _logger.LogDebug("GPU: no attribute {Operation:x} {Argument:x}", p0, p1);
        return Lv1Status.NoEntry;
    }

    /// <inheritdoc/>
    public Lv1Status DeviceMap(ulong unit, out LparAddress address, out ulong size)
    {
        // Units 1 and 2 are sound, which this machine does not have; the others are refused on a console too.
        address = default;
        size = 0;
        return Lv1Status.IllegalParameterValue;
    }

    /// <inheritdoc/>
    public Lv1Status DeviceUnmap(ulong unit) => Lv1Status.IllegalParameterValue;

    /// <summary>The GPU memory from the place a head scans out to the end of its allocation.</summary>
    internal bool TryGetScanOut(int head, out ReadOnlySpan<byte> pixels)
    {
        pixels = default;
        if (_heads.Shown(head) is not { } shown)
            return false;
        MemoryRegion region = shown.Context.Allocation.Region;
        bool found = _memory.TrySlice(region.Start + shown.Offset, region.Size - shown.Offset, RegionAccess.Read, out Span<byte> bytes);
        pixels = bytes;
        return found;
    }

    private Lv1Status FramebufferAttribute(GpuContext context, ulong operation, ulong p1, ulong p2, ulong p3, ulong p4)
    {
        switch (operation)
        {
            case GpuAttribute.DisplayFlip:
                return _heads.Flip(context, p1, p2);
            case GpuAttribute.FramebufferSetup:
                // The command buffer must be what the I/O map shows at that address; lv1 has no need of it here.
                if (!context.IoMap.IsMapped(p3, p2) || !context.IoMap.TryTranslate(p3, out LparAddress buffer, out _) || buffer.Value != p1)
                    return Lv1Status.IllegalParameterValue;
                context.HasFramebuffer = true;
                return Lv1Status.Success;
            case GpuAttribute.FramebufferClose:
                context.HasFramebuffer = false;
                return Lv1Status.Success;
            case GpuAttribute.FramebufferBlitSync:
                // Blits are over when their call returns.
                return context.HasFramebuffer ? Lv1Status.Success : Lv1Status.WrongState;
            case GpuAttribute.FramebufferBlit when (p1 | p2 | p3 | p4) == 0:
                // A blit of nothing is how ps3vram asks lv1 to kick the FIFO.
                return DenyFifo();
            default:
                if (!context.HasFramebuffer)
                    return Lv1Status.WrongState;
                return FramebufferBlit.TryParse(p1, p2, p3, p4, out FramebufferBlit blit)
                    ? blit.Copy(_memory, context)
                    : Lv1Status.IllegalParameterValue;
        }
    }

    private Lv1Status DenyFifo()
    {
        if (!_fifoDenialLogged)
            _logger.LogInformation("GPU: the command FIFO is denied to this partition, as on retail firmware since 2.10");
        _fifoDenialLogged = true;
        return Lv1Status.DeniedByPolicy;
    }

    private bool TryFind(ulong handle, [NotNullWhen(true)] out GpuContext? context) => _contexts.TryGetValue(handle, out context);

    private void CloseAll()
    {
        foreach (GpuContext context in _contexts.Values.ToArray())
            Destroy(context);
        _ddr.FreeAll();
    }

    private void Destroy(GpuContext context)
    {
        if (Enumerable.Range(0, DisplayState.HeadCount).Any(head => _heads.Shown(head)?.Context == context))
            ScanOutEnding?.Invoke();
        _contexts.Remove(context.Handle);
        _heads.Remove(context);
        context.Destroy();
    }
}
