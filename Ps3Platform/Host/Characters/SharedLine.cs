using Ps3Platform.Devices.Characters;

namespace Ps3Platform.Host.Characters;

/// <summary>A back end that has several users: closing this end of it leaves it open for the others.</summary>
/// <param name="shared">The back end.</param>
public sealed class SharedLine(ICharacterBackend shared) : ICharacterBackend
{
    /// <summary>Takes bytes that were written.</summary>
    public delegate void Taker(ReadOnlySpan<byte> bytes);

    /// <summary>Is given the bytes that this user has written, on the thread that writes; null: nobody.</summary>
    public Taker? Written { get; set; }

    /// <inheritdoc/>
    public event Action? Changed
    {
        add => shared.Changed += value;
        remove => shared.Changed -= value;
    }

    /// <inheritdoc/>
    public string Name => shared.Name;

    /// <inheritdoc/>
    public CharacterState State => shared.State;

    /// <inheritdoc/>
    public long Connections => shared.Connections;

    /// <inheritdoc/>
    public int Room => shared.Room;

    /// <inheritdoc/>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        int accepted = shared.Write(bytes);
        Written?.Invoke(bytes[..accepted]);
        return accepted;
    }

    /// <inheritdoc/>
    public int Read(Span<byte> buffer) => shared.Read(buffer);

    /// <inheritdoc/>
    public bool TakeBreak() => shared.TakeBreak();
}
