namespace Ps3Platform.Machine.KernelLog;

/// <summary>A guest kernel's memory by the addresses the kernel uses. What stands there is the guest's: every read may fail.</summary>
public interface IKernelMemory
{
    /// <summary>Kernel address of the first byte of <see cref="Image"/>.</summary>
    ulong ImageAddress { get; }

    /// <summary>The memory that is searched: the kernel's code and data and what lies behind them in one piece.</summary>
    ReadOnlySpan<byte> Image { get; }

    /// <summary>Copies bytes from a kernel address. False when not all of them are in memory.</summary>
    bool TryRead(ulong address, Span<byte> destination);
}
