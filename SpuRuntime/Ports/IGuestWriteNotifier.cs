using CellPpe.Core;

namespace SpuRuntime.Ports;

/// <summary>Gets what SPEs store into memory outside their local stores, so that a PPE drops code it decoded from there.</summary>
public interface IGuestWriteNotifier
{
    /// <summary>
    /// Bytes have changed, given as an offset from <see cref="GuestMemory.HostBase"/>. Called on the host thread that carries out
    /// commands of the MFC, without the machine's lock, which it must not take: filter and post.
    /// <see cref="GuestMemory.NotifyWritten"/> may only be called straight through where the machine has one host thread.
    /// </summary>
    void Written(ulong hostOffset, ulong length);
}
