using CellPpe.Core.Ports;

namespace Lv1Hypervisor.Contracts;

/// <summary>A device whose interrupt is a plain I/O interrupt with a number from the repository (USB).</summary>
public interface IIoInterruptSource
{
    /// <summary>Sets the line that the device drives; null when the guest destroyed the outlet.</summary>
    void ConnectInterrupt(IInterruptLine? line);
}
