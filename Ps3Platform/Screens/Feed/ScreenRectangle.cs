namespace Ps3Platform.Screens.Feed;

/// <summary>A part of the screen, in pixels.</summary>
/// <param name="X">Pixels left of it.</param>
/// <param name="Y">Lines above it.</param>
/// <param name="Width">Pixels in a line of it.</param>
/// <param name="Height">Lines.</param>
public readonly record struct ScreenRectangle(int X, int Y, int Width, int Height);
