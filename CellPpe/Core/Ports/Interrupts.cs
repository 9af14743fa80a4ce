namespace CellPpe.Core.Ports;

/// <summary>A device's end of an interrupt: an edge source calls <see cref="Raise"/>, a level source <see cref="SetLevel"/>.</summary>
public interface IInterruptLine
{
    /// <summary>One event has happened. Events between delivery and end-of-interrupt merge into one further delivery.</summary>
    void Raise();

    /// <summary>The source is (not) asking for service. While it is high, end-of-interrupt delivers again.</summary>
    void SetLevel(bool asserted);
}

/// <summary>Where interrupt outlets come from. Implemented by lv1; used by devices that publish an outlet number themselves (the GPU).</summary>
public interface IOutletSource
{
    /// <summary>Makes an outlet.</summary>
    /// <returns>The line to drive it, or null when all numbers are taken.</returns>
    IInterruptLine? Create(string name, out uint outlet);

    /// <summary>Destroys an outlet and its plug connection.</summary>
    void Destroy(uint outlet);
}

/// <summary>Gives out partition addresses for device memory, above all RAM. Implemented by lv1.</summary>
public interface ILparAllocator
{
    /// <summary>A fresh, naturally aligned partition address for <paramref name="size"/> bytes.</summary>
    LparAddress Allocate(ulong size);
}
