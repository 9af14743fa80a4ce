namespace Ps3Platform.Devices.Video;

/// <summary>The mode of one display head, as the last video mode packet has set it.</summary>
/// <param name="Width">Pixels in a line.</param>
/// <param name="Height">Lines.</param>
/// <param name="Pitch">Bytes from one line to the next.</param>
/// <param name="VideoId">The "vid" of the mode.</param>
/// <param name="IsBlack">The head shows black and reads nothing.</param>
public readonly record struct HeadMode(int Width, int Height, int Pitch, uint VideoId, bool IsBlack);

/// <summary>
/// The two display heads' modes. The AV settings service sets them and the frame capture reads them, both on the emulation
/// thread. Until the guest sets a mode, both heads have the boot mode.
/// </summary>
public sealed class DisplayState
{
    /// <summary>Heads of the GPU: A is 0, B is 1.</summary>
    public const int HeadCount = 2;

    private const int BytesPerPixel = 4;
    private readonly HeadMode[] _heads = new HeadMode[HeadCount];
    private readonly HeadMode _bootMode;

    /// <summary>Both heads in the boot mode.</summary>
    public DisplayState(VideoMode bootMode)
    {
        _bootMode = new HeadMode(bootMode.Width, bootMode.Height, bootMode.Width * BytesPerPixel, bootMode.VideoId, IsBlack: false);
        Reset();
    }

    /// <summary>The mode of a head (0 or 1).</summary>
    public HeadMode this[int head]
    {
        get => _heads[head];
        internal set => _heads[head] = value;
    }

    /// <summary>Puts both heads back into the boot mode.</summary>
    internal void Reset() => Array.Fill(_heads, _bootMode);
}
