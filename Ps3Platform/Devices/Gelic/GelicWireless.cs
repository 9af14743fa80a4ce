using CellPpe.Core;
using CellPpe.Core.Ports;

namespace Ps3Platform.Devices.Gelic;

/// <summary>
/// The wireless LAN beside the Ethernet port, where no access point can be heard (devices.md 4). Every command completes at once. A scan
/// ends after a while with an empty list. An association never completes, so that the driver's own time limit ends it.
/// </summary>
internal sealed class GelicWireless(GuestMemory memory, GelicInterrupts interrupts, EventQueue events, IMachineClock clock)
{
    /// <summary>Time base ticks that a scan takes: a quarter of a second.</summary>
    public const ulong ScanTime = IMachineClock.Frequency / 4;

    /// <summary>
    /// The answer to lv1_net_control 6: channels 1 to 13, as European consoles have them, in the upper 16 bits, of which the lowest is
    /// channel 1 (ps3_gelic_wireless.c, gelic_wl_get_ch_info).
    /// </summary>
    public const ulong Channels = 0x1fffUL << 48;

    private const ulong Associate = 1;
    private const ulong StartScan = 3;
    private const ulong GetScan = 4;
    private const ulong SetCommon = 5;
    private const ulong GetRssi = 11;
    private const ulong ScanCompleted = 0x02;
    private const ulong LargestBuffer = 4096;

    // Common, WEP and WPA configuration: the largest has 68 bytes (ps3_gelic_wireless.h).
    private readonly byte[][] _settings = [new byte[8], new byte[66], new byte[68]];
    private ulong _command;
    private ulong _tag;
    private bool _hasEvent;
    private int _scan;

    public void Reset()
    {
        foreach (byte[] setting in _settings)
            setting.AsSpan().Clear();
        _command = _tag = 0;
        _hasEvent = false;
        _scan++;
    }

    /// <summary>lv1_net_control 9: a command with an optional buffer that it reads.</summary>
    public Lv1Status Post(ulong command, ulong buffer, ulong size, out ulong tag)
    {
        tag = 0;
        if (command is < Associate or > GetRssi || size > LargestBuffer)
            return Lv1Status.IllegalParameterValue;
        if (size > 0 && !memory.TrySlice(new LparAddress(buffer), size, RegionAccess.Read, out _))
            return Lv1Status.IllegalParameterValue;
        if (SettingOf(command, SetCommon) is { } setting && size > 0)
            memory.TryRead(new LparAddress(buffer), setting.AsSpan(0, (int)Math.Min(size, (ulong)setting.Length)));
        if (command == StartScan)
            BeginScan();
        _command = command;
        tag = ++_tag;
        interrupts.Report(GelicCauses.WirelessCommandCompleted);
        return Lv1Status.Success;
    }

    /// <summary>lv1_net_control 10: how the last command ended, and what it returns.</summary>
    public Lv1Status Result(ulong tag, ulong buffer, ulong size, out ulong status, out ulong length)
    {
        status = length = 0;
        if (tag != _tag || _command == 0)
            return Lv1Status.NoEntry;
        interrupts.Acknowledge(GelicCauses.WirelessCommandCompleted);
        ulong command = _command;
        _command = 0;
        // There is no signal to measure. A scan's result is empty.
        if (command == GetRssi)
            status = 1;
        if (command == GetScan || SettingOf(command, SetCommon + 1) is not { } setting)
            return Lv1Status.Success;
        length = Math.Min(size, (ulong)setting.Length);
        if (length == 0)
            return Lv1Status.Success;
        return memory.TrySlice(new LparAddress(buffer), length, RegionAccess.Write, out _)
            && memory.TryWrite(new LparAddress(buffer), setting.AsSpan(0, (int)length))
            ? Lv1Status.Success : Lv1Status.IllegalParameterValue;
    }

    /// <summary>lv1_net_control 11: the next event, or that there is none.</summary>
    public Lv1Status NextEvent(out ulong value)
    {
        interrupts.Acknowledge(GelicCauses.WirelessEventReceived);
        value = _hasEvent ? ScanCompleted : 0;
        Lv1Status status = _hasEvent ? Lv1Status.Success : Lv1Status.NoEntry;
        _hasEvent = false;
        return status;
    }

    // Set and get commands alternate from the first one of each.
    private byte[]? SettingOf(ulong command, ulong first) =>
        command >= first && (command - first) % 2 == 0 && (command - first) / 2 < (ulong)_settings.Length
            ? _settings[(command - first) / 2] : null;

    private void BeginScan()
    {
        int scan = ++_scan;
        events.Schedule(clock.TimeBase + ScanTime, () =>
        {
            if (scan != _scan)
                return;
            _hasEvent = true;
            interrupts.Report(GelicCauses.WirelessEventReceived);
        });
    }
}
