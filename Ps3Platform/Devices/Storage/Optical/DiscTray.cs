using Ps3Platform.Devices.Blocks;
using Ps3Platform.Devices.HotPlug;

namespace Ps3Platform.Devices.Storage.Optical;

/// <summary>
/// Holds the medium of the optical drive. It outlives a machine: a guest that restarts finds the medium that is in the drive. Used by one
/// machine at a time, on its thread.
/// </summary>
public sealed class DiscTray : IDisposable
{
    private readonly Func<string, IBlockBackend>? _open;
    private bool _isDisposed;

    /// <summary>Makes a tray.</summary>
    /// <param name="medium">What is in it, or null. It belongs to the tray.</param>
    /// <param name="open">
    /// Opens what a user names, or throws a <see cref="DeviceOperationException"/>; null: a user changes the medium by
    /// <see cref="Replace"/> alone.
    /// </param>
    /// <exception cref="ArgumentException">It is no medium that a drive can read; it is not disposed of.</exception>
    public DiscTray(IBlockBackend? medium = null, Func<string, IBlockBackend>? open = null)
    {
        Medium = Checked(medium);
        _open = open;
    }

    /// <summary>What is in the drive, or null.</summary>
    public IBlockBackend? Medium { get; private set; }

    /// <summary>Opens a medium.</summary>
    /// <param name="path">What a user names.</param>
    /// <exception cref="DeviceOperationException">It cannot be opened.</exception>
    public IBlockBackend Open(string path) =>
        _open is null ? throw new DeviceOperationException("This machine cannot open files.") : _open(path);

    /// <summary>
    /// Puts another medium in, or none. The one before serves what it was asked for and is then disposed of, on a thread of the host's.
    /// </summary>
    /// <param name="medium">Belongs to the tray from now on.</param>
    /// <exception cref="ArgumentException">It is no medium that a drive can read; it is not disposed of.</exception>
    public void Replace(IBlockBackend? medium)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        Checked(medium);
        IBlockBackend? before = Medium;
        Medium = medium;
        // A server that does not answer may take seconds to let go.
        if (before is not null)
            ThreadPool.QueueUserWorkItem(static old => old.Dispose(), before, preferLocal: false);
    }

    /// <summary>Disposes of the medium.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        Medium?.Dispose();
        Medium = null;
    }

    private static IBlockBackend? Checked(IBlockBackend? medium) =>
        medium is null || Disc.ProblemOf(medium.Length) is not { } problem ? medium
            : throw new ArgumentException($"{medium.Name}: {problem}.", nameof(medium));
}
