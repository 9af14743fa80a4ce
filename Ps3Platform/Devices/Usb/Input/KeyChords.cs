using CellPpe.Core;

using Ps3Platform.Devices.HotPlug;

namespace Ps3Platform.Devices.Usb.Input;

/// <summary>Presses keys together for a time, one chord after the other. All members are for the machine's thread.</summary>
public sealed class KeyChords
{
    private const int MostWaiting = 256;

    // Between two chords, so that a guest sees the same key twice.
    private const ulong PauseTicks = IMachineClock.Frequency / 50;

    private readonly InputRouter _input;
    private readonly EventQueue _events;
    private readonly IMachineClock _clock;
    private readonly Action _onTime;
    private readonly Queue<(IReadOnlyList<byte> Keys, ulong Ticks)> _waiting = new();
    private IReadOnlyList<byte>? _held;
    private bool _isBusy;

    internal KeyChords(InputRouter input, EventQueue events, IMachineClock clock)
    {
        _input = input;
        _events = events;
        _clock = clock;
        _onTime = OnTime;
    }

    /// <summary>Presses keys, when those before have been let go.</summary>
    /// <param name="keys">Their usages on HID's keyboard page.</param>
    /// <param name="held">Guest time for which they are down: at most a minute.</param>
    /// <exception cref="DeviceOperationException">No keyboard is plugged in, or too many chords wait.</exception>
    public void Press(IReadOnlyList<byte> keys, TimeSpan held)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (!_input.HasKeyboard)
            throw new DeviceOperationException("No keyboard is plugged in; write device_add usb-kbd.");
        if (_waiting.Count == MostWaiting)
            throw new DeviceOperationException($"{MostWaiting} chords wait already for the guest's time to pass; try again later.");
        double seconds = Math.Clamp(held.TotalSeconds, 0, 60);
        _waiting.Enqueue((keys, (ulong)(seconds * IMachineClock.Frequency)));
        if (!_isBusy)
            OnTime();
    }

    private void OnTime()
    {
        if (_held is { } down)
        {
            for (int i = down.Count - 1; i >= 0; i--)
                _input.Key(down[i], isDown: false);
            _held = null;
            Wait(PauseTicks);
        }
        else if (_waiting.TryDequeue(out (IReadOnlyList<byte> Keys, ulong Ticks) chord))
        {
            foreach (byte key in chord.Keys)
                _input.Key(key, isDown: true);
            _held = chord.Keys;
            Wait(chord.Ticks);
        }
        else
        {
            _isBusy = false;
        }
    }

    private void Wait(ulong ticks)
    {
        _isBusy = true;
        _events.Schedule(_clock.TimeBase + ticks, _onTime);
    }
}
