using CellPpe.Core;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Contracts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ps3Platform.Devices.Audio;

/// <summary>
/// The sound device (devices.md 11): registers that the guest maps by lv1_gpu_device_map, a DMA engine that reads samples through I/O
/// address space 0, and serial output 0, which all connectors play. Owned by the emulation thread.
/// </summary>
public sealed class AudioDevice : IDevice, IAudioUnit, IAudioControl
{
    private const ulong InterruptUnit = 1;
    private const ulong RegisterUnit = 2;
    private const ulong InterruptPageSize = 0x1000;
    private const ulong Patience = IMachineClock.Frequency / 50;

    // What is known of the value of lv1_gpu_attribute 0x100, 7 (snd_ps3_audio_set_base_addr).
    private const int BaseShift = 20;
    private const ulong BaseMask = 0xf;
    private const int BaseToAddress = 32;

    private readonly GuestMemory _memory;
    private readonly IDeviceHost _host;
    private readonly SerialOutput _output;
    private readonly AudioInterrupts _interrupts;
    private readonly AudioDma _dma;
    private readonly AudioRegisters _registers;
    private LparAddress? _registerAddress;
    private LparAddress? _pageAddress;
    private MemoryRegion? _registerRegion;
    private MemoryRegion? _pageRegion;
    private IInterruptLine? _line;
    private uint _outlet;
    private ulong _base;
    private AudioConnectors _active;
    private AudioConnectors _muted;
    private bool _stopped;

    /// <summary>Makes the device; nothing of it is mapped until a guest asks for that.</summary>
    /// <param name="host">lv1.</param>
    /// <param name="memory">The partition's memory, into which the registers are mapped.</param>
    /// <param name="events">Schedules the ends of stages.</param>
    /// <param name="clock">The clock by which sound is played.</param>
    /// <param name="sink">Receives what is played; null to drop it.</param>
    /// <param name="logger">Receives messages.</param>
    /// <param name="isExact">
    /// Time advances with the guest's instructions, so that a guest that answers an interrupt too late is itself to blame. Otherwise the
    /// device waits up to 20 ms for its answer.
    /// </param>
    public AudioDevice(
        IDeviceHost host, GuestMemory memory, EventQueue events, IMachineClock clock, IAudioSink? sink = null,
        ILogger<AudioDevice>? logger = null, bool isExact = true)
    {
        ArgumentNullException.ThrowIfNull(host);
        _host = host;
        _memory = memory;
        ILogger log = logger ?? NullLogger<AudioDevice>.Instance;
        _output = new SerialOutput(events, clock, isExact ? 0 : Patience) { Sink = sink };
        _interrupts = new AudioInterrupts(level => _line?.SetLevel(level));
        _dma = new AudioDma(host.IoSegmentPort, _output, _interrupts, log);
        _registers = new AudioRegisters(_dma, _output, _interrupts, log);
        _output.Signalled = OnSignal;
        _output.IsEmptyAwaited = () => _dma.IsEmptyAwaited;
        Restore();
    }

    /// <inheritdoc/>
    public string Name => "audio";

    /// <inheritdoc/>
    public void Reset()
    {
        Close();
        (_active, _muted) = (AudioConnectors.None, AudioConnectors.None);
    }

    /// <summary>Changes only the reported state: the device accepts nothing from the host, and plays in guest time.</summary>
    public void Stop() => _stopped = true;

    /// <inheritdoc/>
    public void Continue() => _stopped = false;

    /// <inheritdoc/>
    public DeviceState Inspect() => new AudioState(
        _stopped, _line is null ? null : _outlet, _registerRegion is not null, _base, _output.Rate, _output.Bits, _active, _muted,
        _output.Filled, _output.FramesPlayed, _output.Underflows, _dma.Errors, _registers.Inspect(), _dma.Inspect());

    /// <inheritdoc/>
    public Lv1Status Map(ulong unit, out LparAddress address, out ulong size)
    {
        (address, size) = (default, 0);
        MemoryRegion? region = unit switch
        {
            InterruptUnit => MapInterruptPage(),
            RegisterUnit => _registerRegion ??= TryMap(ref _registerAddress, AudioRegister.BlockSize, _registers, "sound registers"),
            _ => null,
        };
        if (region is null)
            return unit is InterruptUnit or RegisterUnit ? Lv1Status.ResourceShortage : Lv1Status.IllegalParameterValue;
        (address, size) = (region.Start, region.Size);
        return Lv1Status.Success;
    }

    /// <inheritdoc/>
    public Lv1Status Unmap(ulong unit) => unit switch
    {
        // The outlet stays: Linux unmaps the page as soon as it has read the number (snd_ps3_allocate_irq).
        InterruptUnit => Unmap(ref _pageRegion),
        RegisterUnit => Unmap(ref _registerRegion),
        _ => Lv1Status.IllegalParameterValue,
    };

    /// <inheritdoc/>
    public void SetBase(ulong value)
    {
        // That of the other bits is not known, and the I/O id is not compared with that of the pages (chosen).
        _base = value;
        _dma.Base = (value >> BaseShift & BaseMask) << BaseToAddress;
    }

    /// <inheritdoc/>
    public void Close()
    {
        Unmap(ref _pageRegion);
        Unmap(ref _registerRegion);
        Restore();
        if (_line is null)
            return;
        _host.Outlets.Destroy(_outlet);
        (_line, _outlet) = (null, 0);
    }

    /// <inheritdoc/>
    public void SetMode(int rate, int bits)
    {
        _output.SetRate(rate);
        _registers.SetWidth(bits);
        // "avsetting driver altered AX_IE, caller must reset it if you want" (snd_ps3_change_avsetting): Linux does so only when rate or
        // width change, and plays all the same. So the service leaves these enabled.
        _interrupts.SetEnable(_interrupts.Enable | AudioRegister.Serial0Empty | AudioRegister.Serial0Underflow);
    }

    /// <inheritdoc/>
    public void SetMuted(AudioConnectors connectors, bool isMuted)
    {
        _muted = isMuted ? _muted | connectors : _muted & ~connectors;
        UpdateConnectors();
    }

    /// <inheritdoc/>
    public void SetActive(AudioConnectors connectors, bool isActive)
    {
        _active = isActive ? _active | connectors : _active & ~connectors;
        UpdateConnectors();
    }

    // One recording stands for all connectors: it has sound while one of them has.
    private void UpdateConnectors() => _registers.AreConnectorsMuted = (_active & ~_muted) == 0;

    private void Restore()
    {
        // Channels first: an emptied buffer would let those go on that wait for room.
        _dma.Reset();
        _output.Reset();
        _interrupts.Reset();
        _registers.Reset();
        _base = 0;
        UpdateConnectors();
    }

    private void OnSignal(SerialSignal signal)
    {
        _dma.OnSignal(signal);
        if (signal == SerialSignal.Empty)
            _interrupts.Report(AudioRegister.Serial0Empty);
        else if (signal == SerialSignal.Underflow)
            _interrupts.Report(AudioRegister.Serial0Underflow);
    }

    private MemoryRegion? MapInterruptPage()
    {
        _line ??= _host.Outlets.Create("sound", out _outlet);
        if (_line is null)
            return null;
        _interrupts.Refresh();
        return _pageRegion ??= TryMap(ref _pageAddress, InterruptPageSize, new InterruptPage(_outlet), "sound interrupt");
    }

    // Each block keeps its address, so that mapping it again and again uses up no addresses. The page that is only read is writable too:
    // Linux enters it into its page table as such.
    private MemoryRegion? TryMap(ref LparAddress? address, ulong size, IMmioDevice device, string name)
    {
        address ??= _host.Addresses.Allocate(size);
        return _memory.TryAddDevice(address.Value, size, device, name);
    }

    private Lv1Status Unmap(ref MemoryRegion? region)
    {
        if (region is null)
            return Lv1Status.IllegalParameterValue;
        _memory.Remove(region);
        region = null;
        return Lv1Status.Success;
    }

    /// <summary>The page whose first doubleword is the number of the outlet.</summary>
    private sealed class InterruptPage(uint outlet) : IMmioDevice
    {
        public ulong Read(ulong offset, int size) => (offset, size) switch
        {
            (0, sizeof(ulong)) or (4, sizeof(uint)) => outlet,
            _ => 0,
        };

        public void Write(ulong offset, int size, ulong value)
        {
        }
    }
}
