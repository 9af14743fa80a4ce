namespace CellPpe.Core.Ports;

/// <summary>
/// Something besides the processor's threads that stores into memory by itself: lv1 when an interrupt comes, a device's DMA.
/// Who wants to prove that memory stays as it is asks every one of them.
/// </summary>
public interface IMemoryWriter
{
    /// <summary>For messages: "lv1's interrupt status", "Ethernet receive DMA".</summary>
    string Name { get; }

    /// <summary>
    /// True when it may store to a byte of the range though no thread asks for that from now on. In doubt, true. Under the machine's lock.
    /// </summary>
    bool MayStore(LparAddress start, ulong length);
}
