using System.Collections.Concurrent;

using Ps3Platform.Devices.Usb.Input;

using Xunit;

namespace Screens.Tests;

/// <summary>A keyboard and pointer that record, in order, what a client sends.</summary>
internal sealed class FakeInput : IKeyboardSink, IPointerSink
{
    public event Action<KeyboardLeds>? LedsChanged
    {
        add { }
        remove { }
    }

    public ConcurrentQueue<string> Seen { get; } = [];

    public KeyboardLeds Leds => KeyboardLeds.None;

    public bool IsAbsolute => true;

    public void Key(byte usage, bool isDown) => Seen.Enqueue($"0x{usage:x2} {(isDown ? "down" : "up")}");

    public void MoveTo(int x, int y) => Seen.Enqueue($"at {x} {y}");

    public void MoveBy(int dx, int dy) => Seen.Enqueue("by");

    public void Press(PointerButtons buttons) => Seen.Enqueue($"buttons {buttons}");

    public void TurnWheel(int steps) => Seen.Enqueue($"wheel {steps}");

    /// <summary>Waits until <paramref name="what"/> arrived: a client's messages come on another thread.</summary>
    public void Await(string what) =>
        Assert.True(SpinWait.SpinUntil(() => Seen.Contains(what), TimeSpan.FromSeconds(20)), string.Join(", ", Seen));
}
