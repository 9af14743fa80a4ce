using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Storage;

/// <summary>
/// Code that was compiled from decoded pages and stands in the place of their handlers, as those who own the pages see it. Decoded
/// pages and threads know that there may be compiled code, and not what it is. All of it under the machine's lock.
/// </summary>
internal unsafe interface ICompiledCode : IDisposable
{
    /// <summary>True when <see cref="Settle"/> has something to do.</summary>
    bool IsUnsettled { get; }

    /// <summary>Installs what has been compiled and frees what has been removed. Only when no thread is inside a block.</summary>
    void Settle();

    /// <summary>An instruction is hot: compiles it with its surroundings, if that is worth it.</summary>
    void Request(PpuContext* c, PpuDecodedInsn* insn);

    /// <summary>True when some of these bytes of host memory are instructions that have been compiled.</summary>
    bool Covers(ulong hostOffset, ulong length);

    /// <summary>True when there are regions with instructions on a page of host memory.</summary>
    bool AreOn(ulong hostPage);

    /// <summary>A page of decoded instructions goes, on which there is no region.</summary>
    void Forget(ulong hostPage);

    /// <summary>Bytes of one page of host memory have changed: what was compiled from them goes.</summary>
    void Invalidate(ulong hostOffset, ulong length);

    /// <summary>Drops everything, with the decoded pages. Only when no thread is inside a block.</summary>
    void Clear();
}
