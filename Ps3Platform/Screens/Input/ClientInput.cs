using Ps3Platform.Devices.Usb.Input;

namespace Ps3Platform.Screens.Input;

/// <summary>
/// Keys and pointer of one client. What it holds down is let go when it leaves, so that no key hangs in the guest. For one thread at a
/// time.
/// </summary>
public sealed class ClientInput(InputQueue queue)
{
    private readonly HashSet<byte> _held = [];
    private PointerButtons _buttons;

    /// <summary>A key goes down or up.</summary>
    /// <param name="usage">Its usage on HID's keyboard page.</param>
    /// <param name="isDown">It goes down.</param>
    /// <param name="cancel">Ends the wait for room.</param>
    public ValueTask KeyAsync(byte usage, bool isDown, CancellationToken cancel)
    {
        // A client repeats a held key; guests do so by themselves.
        if (isDown ? !_held.Add(usage) : !_held.Remove(usage))
            return ValueTask.CompletedTask;
        return queue.GiveAsync(router => router.Key(usage, isDown), cancel);
    }

    /// <summary>The pointer is at a place of the screen.</summary>
    /// <param name="x">Pixels from the left, 0 to <paramref name="width"/> - 1; others are taken for the nearest.</param>
    /// <param name="y">Lines from the top, likewise.</param>
    /// <param name="width">Pixels of the screen, at least 1.</param>
    /// <param name="height">Lines of the screen, at least 1.</param>
    /// <param name="buttons">What is pressed now.</param>
    /// <param name="wheel">Steps of the wheel; away from the user is positive.</param>
    /// <param name="cancel">Ends the wait for room.</param>
    public async ValueTask PointAsync(
        int x, int y, int width, int height, PointerButtons buttons, int wheel, CancellationToken cancel)
    {
        int left = Scale(x, width);
        int top = Scale(y, height);
        bool pressed = buttons != _buttons;
        _buttons = buttons;
        await queue.GiveAsync(
            router =>
            {
                router.MoveTo(left, top);
                if (pressed)
                    router.Press(buttons);
                if (wheel != 0)
                    router.TurnWheel(wheel);
            },
            cancel).ConfigureAwait(false);
    }

    /// <summary>Lets go of all that is held.</summary>
    public async ValueTask ReleaseAsync(CancellationToken cancel)
    {
        byte[] held = [.. _held];
        bool pressed = _buttons != PointerButtons.None;
        _held.Clear();
        _buttons = PointerButtons.None;
        if (held.Length == 0 && !pressed)
            return;
        await queue.GiveAsync(
            router =>
            {
                foreach (byte usage in held)
                    router.Key(usage, isDown: false);
                if (pressed)
                    router.Press(PointerButtons.None);
            },
            cancel).ConfigureAwait(false);
    }

    private static int Scale(int place, int size) =>
        (int)((long)Math.Clamp(place, 0, size - 1) * IPointerSink.Largest / Math.Max(1, size - 1));
}
