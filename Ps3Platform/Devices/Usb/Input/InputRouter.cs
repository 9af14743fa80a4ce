namespace Ps3Platform.Devices.Usb.Input;

/// <summary>
/// The one place to which users of a machine give keys and movements. What is plugged in takes them: the first keyboard, the first pointer
/// of the kind, the first game controller; without one they are dropped. All members are for the machine's thread.
/// </summary>
public sealed class InputRouter : IKeyboardSink, IPointerSink, IGamepadSink
{
    private readonly List<object> _sinks = [];
    private IPointerSink? _lastPointer;

    /// <inheritdoc/>
    public event Action<KeyboardLeds>? LedsChanged;

    /// <inheritdoc/>
    public KeyboardLeds Leds => Keyboard?.Leds ?? KeyboardLeds.None;

    /// <summary>A keyboard takes keys.</summary>
    public bool HasKeyboard => Keyboard is not null;

    /// <summary>A pointer takes movements or places.</summary>
    public bool HasPointer => _sinks.OfType<IPointerSink>().Any();

    /// <summary>A game controller takes its state.</summary>
    public bool HasGamepad => _sinks.OfType<IGamepadSink>().Any();

    /// <inheritdoc/>
    public bool IsAbsolute => Pointer(isAbsolute: true) is not null;

    private IKeyboardSink? Keyboard => _sinks.OfType<IKeyboardSink>().FirstOrDefault();

    /// <inheritdoc/>
    public void Key(byte usage, bool isDown) => Keyboard?.Key(usage, isDown);

    /// <inheritdoc/>
    public void MoveTo(int x, int y) => Last(isAbsolute: true)?.MoveTo(x, y);

    /// <inheritdoc/>
    public void MoveBy(int dx, int dy) => Last(isAbsolute: false)?.MoveBy(dx, dy);

    /// <summary>The pointer that moved last has the buttons.</summary>
    public void Press(PointerButtons buttons) => Any()?.Press(buttons);

    /// <inheritdoc cref="Press"/>
    public void TurnWheel(int steps) => Any()?.TurnWheel(steps);

    /// <inheritdoc/>
    public void Hold(GamepadState state) => _sinks.OfType<IGamepadSink>().FirstOrDefault()?.Hold(state);

    /// <summary>Something that may take input was plugged in.</summary>
    internal void Attach(object device)
    {
        _sinks.Add(device);
        if (device is IKeyboardSink keyboard)
            keyboard.LedsChanged += OnLedsChanged;
    }

    /// <summary>It was taken out.</summary>
    internal void Detach(object device)
    {
        _sinks.Remove(device);
        if (_lastPointer == device)
            _lastPointer = null;
        if (device is IKeyboardSink keyboard)
            keyboard.LedsChanged -= OnLedsChanged;
    }

    private IPointerSink? Pointer(bool isAbsolute) =>
        _sinks.OfType<IPointerSink>().FirstOrDefault(pointer => pointer.IsAbsolute == isAbsolute);

    private IPointerSink? Last(bool isAbsolute) => Pointer(isAbsolute) is { } found ? _lastPointer = found : null;

    private IPointerSink? Any() => _lastPointer ??= _sinks.OfType<IPointerSink>().FirstOrDefault();

    private void OnLedsChanged(KeyboardLeds leds) => LedsChanged?.Invoke(Leds);
}
