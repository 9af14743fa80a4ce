using Ps3Platform.Loaders.Elf;

namespace Ps3Platform.Machine.KernelLog;

/// <summary>Finds a kernel's log in guest memory: by symbols, by the kernel's vmcoreinfo note, or by a search for its format.</summary>
public static class KernelLogFinder
{
    /// <summary>The log of the kernel in this memory, or null when none is found.</summary>
    /// <param name="memory">The memory to search.</param>
    /// <param name="symbols">The kernel's symbols. They may be empty, or belong to another kernel.</param>
    public static KernelLogText? Find(IKernelMemory memory, SymbolTable symbols)
    {
        ArgumentNullException.ThrowIfNull(memory);
        KernelNames names = KernelNames.Read(memory, symbols);
        return ByNames(memory, names) ?? PrintkRingbuffer.Search(memory) ?? RecordRing.Search(memory) ?? TextRing.Search(memory);
    }

    private static KernelLogText? ByNames(IKernelMemory memory, KernelNames names)
    {
        // prb points to the ring in use. Before the kernel has set it, only the first ring exists.
        if (names.TryFind("prb", out ulong variable) && memory.TryReadPointer(variable, out ulong ring)
            && PrintkRingbuffer.TryRead(memory, ring) is { Messages.Count: > 0 } log)
        {
            return log;
        }

        return RecordRing.TryRead(memory, names) ?? TextRing.TryRead(memory, names);
    }
}
