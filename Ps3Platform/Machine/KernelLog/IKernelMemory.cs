namespace Ps3Platform.Machine.KernelLog;

/// <summary>A guest kernel's memory by the kernel's own addresses. The contents are untrusted, and every read may fail.</summary>
public interface IKernelMemory
{
    /// <summary>Kernel address of the first byte of <see cref="Image"/>.</summary>
    ulong ImageAddress { get; }

    /// <summary>The memory that is searched: one contiguous range that starts with the kernel's code and data.</summary>
    ReadOnlySpan<byte> Image { get; }

    /// <summary>Copies bytes from a kernel address. False when not all of them are in memory.</summary>
    bool TryRead(ulong address, Span<byte> destination);
}
