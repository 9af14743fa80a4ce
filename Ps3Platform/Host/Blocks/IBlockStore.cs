using Ps3Platform.Devices.Blocks;

namespace Ps3Platform.Host.Blocks;

/// <summary>
/// Bytes behind a <see cref="BlockWorker"/>, which alone calls this. All members but <see cref="TryReadCached"/> are called on the
/// worker's thread, and may block. Ranges have been checked against <see cref="Length"/>. What fails throws a <see cref="BlockException"/>.
/// </summary>
internal interface IBlockStore : IDisposable
{
    /// <inheritdoc cref="IBlockBackend.Name"/>
    string Name { get; }

    /// <inheritdoc cref="IBlockBackend.Length"/>
    ulong Length { get; }

    /// <inheritdoc cref="IBlockBackend.IsReadOnly"/>
    bool IsReadOnly { get; }

    /// <summary>Fills the buffer.</summary>
    void Read(ulong offset, Span<byte> buffer);

    /// <summary>
    /// Fills the buffer if that needs no waiting. Called on the thread that submits requests, while the worker serves none.
    /// </summary>
    /// <returns>False: it would wait, or has failed; the buffer's contents are undefined.</returns>
    bool TryReadCached(ulong offset, Span<byte> buffer) => false;

    /// <summary>Stores the buffer.</summary>
    /// <param name="offset">First byte.</param>
    /// <param name="buffer">The bytes.</param>
    /// <param name="forceUnitAccess">Return only when they survive a power cut.</param>
    void Write(ulong offset, ReadOnlySpan<byte> buffer, bool forceUnitAccess);

    /// <summary>Returns when all that was written survives a power cut.</summary>
    void Flush();

    /// <summary>Frees a range, or leaves it as it is.</summary>
    void Trim(ulong offset, ulong length);
}

/// <summary>A back end could not do what was asked.</summary>
/// <param name="error">The kind, for the guest.</param>
/// <param name="reason">The reason, for a person: a clause that can follow the back end's name and a colon.</param>
/// <param name="isFinal">Asking again cannot help: what was lost stays lost.</param>
internal sealed class BlockException(BlockError error, string reason, bool isFinal = false) : Exception(reason)
{
    /// <summary>The kind.</summary>
    public BlockError Error { get; } = error;

    /// <summary>Whether asking again is of no use.</summary>
    public bool IsFinal { get; } = isFinal;
}

/// <summary>A back end cannot be opened. The message is for a user: what, why, and what to do.</summary>
public sealed class BlockOpenException(string message) : Exception(message);
