namespace CellPpe.Core.Ports;

/// <summary>
/// A part that stores into memory without an instruction of the guest: lv1 when an interrupt arrives, a device's DMA. The lockup
/// detector asks all of them whether memory can still change.
/// </summary>
public interface IMemoryWriter
{
    /// <summary>For messages: "lv1's interrupt status", "Ethernet receive DMA".</summary>
    string Name { get; }

    /// <summary>
    /// True when it may store to a byte of the range even if no thread makes any further request; true also when it cannot tell. Called
    /// under the machine's lock.
    /// </summary>
    bool MayStore(LparAddress start, ulong length);
}
