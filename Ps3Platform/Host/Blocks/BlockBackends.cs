using Ps3Platform.Devices.Blocks;
using Ps3Platform.Devices.Storage.Optical;
using Ps3Platform.Host.Files;

namespace Ps3Platform.Host.Blocks;

/// <summary>Opens what a user asks for with <see cref="BlockOptions"/>.</summary>
public static class BlockBackends
{
    private static readonly byte[] Qcow2Magic = [(byte)'Q', (byte)'F', (byte)'I', 0xfb];

    /// <summary>Opens a back end.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="log">Takes lines for the user, on a thread of the back end's.</param>
    /// <exception cref="BlockOpenException">It cannot be opened.</exception>
    public static IBlockBackend Open(BlockOptions options, Action<string> log)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(log);
        IBlockStore store = OpenStore(options);
        if (options.IsSnapshot)
        {
            try
            {
                store = new OverlayStore(store);
            }
            catch
            {
                store.Dispose();
                throw;
            }
        }

        return new BlockWorker(store, options.OnError, log);
    }

    /// <summary>Opens a medium of the optical drive, for reading.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="log">Takes lines for the user, on a thread of the back end's.</param>
    /// <exception cref="BlockOpenException">It cannot be opened, or is no medium that a drive can read.</exception>
    public static IBlockBackend OpenDisc(BlockOptions options, Action<string> log)
    {
        ArgumentNullException.ThrowIfNull(options);
        IBlockBackend medium = Open(options with { IsReadOnly = true, IsSnapshot = false, Size = null }, log);
        if (Disc.ProblemOf(medium.Length) is not { } problem)
            return medium;
        medium.Dispose();
        throw new BlockOpenException($"{options.Path}: {problem}");
    }

    private static IBlockStore OpenStore(BlockOptions options)
    {
        bool isReadOnly = options.IsReadOnly || options.IsSnapshot;
        if (options.IsAddress)
        {
            return NbdAddress.TryParse(options.Path, out NbdAddress? address, out string? problem)
                ? new NbdStore(address, isReadOnly)
                : throw new BlockOpenException($"{options.Path}: {problem}");
        }

        if (options.Format == BlockFormat.Qcow2)
            return QemuNbdServer.Open(options.Path, "qcow2", isReadOnly);
        // Not decided by the contents alone: a guest could write the head of an image into its raw disk, one that names files of the host.
        if (options.Format is null && IsQcow2(options.Path))
            throw new BlockOpenException($"{options.Path}: looks like a qcow2 image; add format=qcow2, or format=raw if it is none");
        return FileStore.Open(options.Path, isReadOnly, options.Size);
    }

    private static bool IsQcow2(string path)
    {
        try
        {
            Span<byte> head = stackalloc byte[4];
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return RandomAccess.Read(handle, head, 0) == head.Length && head.SequenceEqual(Qcow2Magic);
        }
        catch (Exception e) when (FileErrors.IsFileError(e) || e is ArgumentException)
        {
            // Opening it in earnest says why.
            return false;
        }
    }
}
