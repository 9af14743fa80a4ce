namespace CellPpe.Core.Ports;

/// <summary>A device's end of an interrupt: an edge source calls <see cref="Raise"/>, a level source <see cref="SetLevel"/>.</summary>
public interface IInterruptLine
{
    /// <summary>One event has happened. Events between delivery and end-of-interrupt merge into one further delivery.</summary>
    void Raise();

    /// <summary>Sets the level of the source. While it is asserted, end-of-interrupt delivers again.</summary>
    void SetLevel(bool asserted);
}
