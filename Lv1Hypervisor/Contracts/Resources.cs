using CellPpe.Core;
using CellPpe.Core.Ports;

namespace Lv1Hypervisor.Contracts;

/// <summary>Creates interrupt outlets. Implemented by lv1; used by devices that publish an outlet number themselves (the GPU).</summary>
public interface IOutletSource
{
    /// <summary>Makes an outlet.</summary>
    /// <returns>The line to drive it, or null when all numbers are taken.</returns>
    IInterruptLine? Create(string name, out uint outlet);

    /// <summary>Destroys an outlet and its plug connection.</summary>
    void Destroy(uint outlet);
}

/// <summary>Allocates partition addresses for device memory; they are higher than those of all RAM. Implemented by lv1.</summary>
public interface ILparAllocator
{
    /// <summary>A fresh, naturally aligned partition address for <paramref name="size"/> bytes.</summary>
    LparAddress Allocate(ulong size);
}
