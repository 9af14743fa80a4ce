using System.Diagnostics.CodeAnalysis;
using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Contracts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ps3Platform.Devices.Audio;
using Ps3Platform.Devices.Gpu.Fifo;
using Ps3Platform.Devices.Gpu.Mapping;
using Ps3Platform.Devices.Video;

namespace Ps3Platform.Devices.Gpu;

/// <summary>
/// The RSX as an OtherOS may use it: a framebuffer with two heads, blits by lv1, a vertical blank interrupt, and a command FIFO that
/// copies between partition memory and GPU memory (<see cref="GpuProfile"/>). Owned by the emulation thread.
/// </summary>
/// <remarks>
/// Linux's ps3vram uses that FIFO. Where it is denied, the driver's probe waits 100 ms for GET to reach PUT, frees what it has allocated
/// and provides no /dev/ps3vram; nothing else depends on it.
/// </remarks>
public sealed class GpuDevice : IDevice, IGpuDevice, IMemoryWriter
{
    private const int MaxContexts = 2;
    private const ulong FirstContextHandle = 0x5555_5555;

    // Guest time between two runs of a FIFO with much to do: 1 MiB in 100 us, more than a console's copies reach (31 MB/s through ps3vram).
    private const ulong TicksBetweenRuns = IMachineClock.Frequency / 10_000;

    // I/O page table entry flags (devices.md 5.1): M (coherent) alone, neither writable nor readable, takes a mapping away. No flags at
    // all map: ps3fb and ps3vram of Linux 2.6.30 and before pass 0, later ones W, R and M (KERNEL-HISTORY.md of Lv1Hypervisor).
    private const ulong IomapCoherentOnly = 1UL << 61;

    private readonly GuestMemory _memory;
    private readonly ILparAllocator _addresses;
    private readonly IOutletSource _outlets;
    private readonly ILogger _logger;
    private readonly EventQueue _events;
    private readonly IMachineClock _clock;
    private readonly GpuFirmwareRules _rules;
    private readonly GpuProfile _profile;
    private readonly IAudioUnit? _audio;
    private readonly GpuMemory _ddr;
    private readonly DisplayHeads _heads;
    private readonly Dictionary<ulong, GpuContext> _contexts = [];
    private ulong _nextContext = FirstContextHandle;
    private bool _open;
    private bool _fifoDenialLogged;
    private bool _stopped;

    /// <summary>Makes the GPU; it uses no host memory until a guest allocates some.</summary>
    public GpuDevice(
        IDeviceHost host, GuestMemory memory, EventQueue events, IMachineClock clock, ILogger<GpuDevice>? logger = null,
        GpuFirmwareRules? rules = null, GpuProfile profile = GpuProfile.Retail, IAudioUnit? audio = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        _rules = rules ?? GpuFirmwareRules.Since210;
        _profile = profile;
        _audio = audio;
        _events = events;
        _clock = clock;
        _memory = memory;
        _addresses = host.Addresses;
        _outlets = host.Outlets;
        _logger = logger ?? NullLogger<GpuDevice>.Instance;
        _ddr = new GpuMemory(memory, _addresses, _rules);
        _heads = new DisplayHeads(events, clock);
        host.ServeGpu(this);
    }

    /// <inheritdoc/>
    public string Name => "gpu";

    /// <summary>Raised before the guest removes the picture that a head shows; handlers can still read it.</summary>
    public event Action? ScanOutEnding;

    /// <summary>Blits and flips so far.</summary>
    public long Pictures { get; private set; }

    /// <summary>Vertical blanks counted so far.</summary>
    public ulong VerticalBlanks => _heads.Blanks;

    /// <inheritdoc/>
    public void Reset()
    {
        CloseAll();
        _open = false;
        _heads.Reset();
    }

    /// <summary>Changes only the reported state: the GPU accepts nothing from the host, and vertical blanks follow guest time.</summary>
    public void Stop() => _stopped = true;

    /// <inheritdoc/>
    public void Continue() => _stopped = false;

    /// <inheritdoc/>
    public DeviceState Inspect() => new GpuState(
        _stopped, _open, VerticalBlanks,
        [.. _ddr.Allocations.Select(static made => new GpuAllocationState(made.Handle, made.Region.Start.Value, made.Region.Size))],
        [.. _contexts.Values.Select(static context => context.Inspect())],
        [.. Enumerable.Range(0, DisplayState.HeadCount).Select(_heads.Inspect)]);

    /// <inheritdoc/>
    string IMemoryWriter.Name => "the GPU";

    /// <summary>Driver information changes at every vertical blank; the GPU also writes control registers and reports.</summary>
    public bool MayStore(LparAddress start, ulong length) => _contexts.Values.Any(context => context.MayStore(start, length));

    /// <inheritdoc/>
    public Lv1Status Open()
    {
        // A kernel started by kexec from a crashed one finds the GPU open; opening it again resets it (boot-protocol 7).
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
        if (flags == IomapCoherentOnly)
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
        // These apply to the display and not to a context: guests pass 0 before they have one.
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
        // The only known use: early drivers pass five arguments, later ones three (KERNEL-HISTORY.md of Lv1Hypervisor).
        if (_audio is not null && (p0, p1) == (GpuAttribute.AudioOperation, GpuAttribute.AudioBase))
        {
            _audio.SetBase(p2);
            return Lv1Status.Success;
        }

        _logger.LogDebug("GPU: no attribute {Operation:x} {Argument:x}", p0, p1);
        return Lv1Status.NoEntry;
    }

    /// <inheritdoc/>
    public Lv1Status DeviceMap(ulong unit, out LparAddress address, out ulong size)
    {
        (address, size) = (default, 0);
        if (_audio is null)
            return Lv1Status.IllegalParameterValue;
        return _open ? _audio.Map(unit, out address, out size) : Lv1Status.WrongState;
    }

    /// <inheritdoc/>
    public Lv1Status DeviceUnmap(ulong unit) => _audio?.Unmap(unit) ?? Lv1Status.IllegalParameterValue;

    /// <summary>
    /// Updates one line of a head's picture with the pixels that the guest has drawn since its last blit. Linux blits at the vertical
    /// blank, in a thread (ps3fbd) that no longer runs when the kernel panics: without this, the last lines would not be visible.
    /// </summary>
    internal void PreviewScanOut(int head, ulong start, Span<byte> line)
    {
        if (_heads.Shown(head) is { } shown)
            shown.Context.LastBlit?.Preview(_memory, shown.Context, shown.Offset + start, line);
    }

    /// <summary>The GPU memory from the start of a head's picture to the end of its allocation.</summary>
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
                Pictures++;
                return _heads.Flip(context, p1, p2);
            case GpuAttribute.FramebufferSetup:
                // The command buffer must be mapped in the I/O map at that address; this implementation does not use it.
                if (p2 < _rules.SmallestCommandBuffer || !context.IoMap.IsMapped(p3, p2)
                    || !context.IoMap.TryTranslate(p3, out LparAddress buffer, out _) || buffer.Value != p1)
                    return Lv1Status.IllegalParameterValue;
                context.HasFramebuffer = true;
                return Lv1Status.Success;
            case GpuAttribute.FramebufferClose:
                context.HasFramebuffer = false;
                return Lv1Status.Success;
            case GpuAttribute.FramebufferBlitSync:
                // A blit is complete when its call returns, so there is nothing to wait for.
                return context.HasFramebuffer ? Lv1Status.Success : Lv1Status.WrongState;
            case GpuAttribute.FramebufferBlit when (p1 | p2 | p3 | p4) == 0:
                // ps3vram kicks the FIFO by an empty blit.
                return _profile == GpuProfile.Strict ? DenyFifo() : RunFifo(context);
            default:
                if (!context.HasFramebuffer)
                    return Lv1Status.WrongState;
                return FramebufferBlit.TryParse(p1, p2, p3, p4, out FramebufferBlit blit) ? Copy(context, blit)
                    : Lv1Status.IllegalParameterValue;
        }
    }

    private Lv1Status Copy(GpuContext context, in FramebufferBlit blit)
    {
        Lv1Status status = blit.Copy(_memory, context);
        if (status == Lv1Status.Success)
        {
            context.LastBlit = blit;
            Pictures++;
        }

        return status;
    }

    // The call only kicks the FIFO; GET and the notifiers report to the guest how its commands ended.
    private Lv1Status RunFifo(GpuContext context)
    {
        // A busy FIFO is already scheduled, so further kicks have no effect.
        if (!context.Fifo.IsBusy)
            ContinueFifo(context);
        return Lv1Status.Success;
    }

    private void ContinueFifo(GpuContext context)
    {
        // The context may have been freed since this was scheduled.
        if (!_contexts.ContainsValue(context))
            return;
        FifoRun end = context.Fifo.Run();
        if (context.Fifo.Refusal is { } refusal)
            _logger.LogWarning("GPU: {Refusal}", refusal);
        if (end == FifoRun.MoreToDo)
            _events.Schedule(_clock.TimeBase + TicksBetweenRuns, () => ContinueFifo(context));
    }

    private Lv1Status DenyFifo()
    {
        if (!_fifoDenialLogged)
            _logger.LogInformation("GPU: the command FIFO is denied to this partition (GPU profile \"strict\")");
        _fifoDenialLogged = true;
        return Lv1Status.DeniedByPolicy;
    }

    private bool TryFind(ulong handle, [NotNullWhen(true)] out GpuContext? context) => _contexts.TryGetValue(handle, out context);

    private void CloseAll()
    {
        foreach (GpuContext context in _contexts.Values.ToArray())
            Destroy(context);
        _ddr.FreeAll();
        _audio?.Close();
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
