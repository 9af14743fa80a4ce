namespace CellPpe.Core.Ports;

/// <summary>Which of an SPE's three interrupt lines to the PPE (CBE Public Registers, 4.1.3: INT_Mask_class0..2).</summary>
public enum SpeInterruptClass
{
    /// <summary>Errors: DMA alignment, invalid DMA command, SPU error.</summary>
    Error,

    /// <summary>Translation: SLB miss, storage fault, local store compare.</summary>
    Translation,

    /// <summary>Application: mailboxes, stop, halt, tag groups.</summary>
    Application,
}

/// <summary>
/// One SPE as lv1 sees it; lv1 lends it to a partition as a "logical SPE". All members except the three register areas are called
/// with the machine's lock held (or on its only thread); the SPE itself may run on another host thread meanwhile.
/// </summary>
public interface ILogicalSpe
{
    /// <summary>0..7, for messages.</summary>
    int Number { get; }

    /// <summary>Problem state registers: 0x20000 bytes, 32- and 64-bit (CBE Public Registers 3).</summary>
    IMmioDevice ProblemState { get; }

    /// <summary>Privileged state 2 registers: 0x20000 bytes, 64-bit.</summary>
    IMmioDevice Privilege2 { get; }

    /// <summary>lv1's read-only copy of privileged state 1: 0x1000 bytes, 64-bit.</summary>
    IMmioDevice Shadow { get; }

    /// <summary>Makes the SPE ready: architected reset state, execution status 3 in the shadow area.</summary>
    void Enable();

    /// <summary>Stops the SPU and the MFC, and waits until neither accesses memory any more. Execution status 0.</summary>
    void Disable();

    /// <summary>Selects the page table by which its MFC translates. With null, every translated access takes a storage fault.</summary>
    void SelectAddressSpace(IPageTableWalker? table);

    /// <summary>Sets the line that a class's interrupt drives; null disconnects it.</summary>
    void ConnectInterrupt(SpeInterruptClass interruptClass, IInterruptLine? line);

    /// <summary>INT_Mask: which status bits of the class interrupt.</summary>
    void SetInterruptMask(SpeInterruptClass interruptClass, ulong mask);

    /// <summary>INT_Stat: bits as in the manual, counted from the right.</summary>
    ulong GetInterruptStatus(SpeInterruptClass interruptClass);

    /// <summary>Clears status bits (write 1 to clear). Level sources (mailboxes) are set again while their cause holds.</summary>
    void ClearInterruptStatus(SpeInterruptClass interruptClass, ulong bits);

    /// <summary>lv1_set_spe_privilege_state_area_1_register.</summary>
    /// <returns><see cref="Lv1Status.IllegalParameterValue"/> for an offset or a value a partition may not write.</returns>
    Lv1Status SetPrivilege1Register(ulong offset, ulong value);
}

/// <summary>The SPEs of a machine, which lv1 lends to partitions. Implemented by SpuRuntime.</summary>
public interface ISpePool
{
    /// <summary>The number of SPEs that a partition may have.</summary>
    int Count { get; }

    /// <summary>Takes a free SPE; null when all are taken.</summary>
    /// <param name="localStore">256 KB of memory that become its local store.</param>
    ILogicalSpe? TryTake(MemoryRegion localStore);

    /// <summary>Returns an SPE to the pool. It has been disabled, and its areas are no longer mapped.</summary>
    void Return(ILogicalSpe spe);
}

/// <summary>A segment as an SLB entry describes it (Book III 4.4.1), for a search of the page table.</summary>
/// <param name="Vsid">Virtual segment id.</param>
/// <param name="Large">L: large pages, of the size that <paramref name="SecondLargeSize"/> selects.</param>
/// <param name="SecondLargeSize">LP: which of the two large page sizes.</param>
/// <param name="Key">Ks or Kp, depending on the state in which the access is made.</param>
public readonly record struct SegmentDescriptor(ulong Vsid, bool Large, bool SecondLargeSize, bool Key);

/// <summary>How a search of the page table ended.</summary>
public enum PageWalkResult
{
    /// <summary>The access may be made.</summary>
    Found,

    /// <summary>No entry: DSISR bit 1.</summary>
    NotFound,

    /// <summary>The entry does not allow it: DSISR bit 4.</summary>
    Protected,

    /// <summary>The entry's address is not memory of the partition.</summary>
    NoMemory,
}

/// <summary>A page that a search has found.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="Shift">log2 of its size: 12, 16 or 24.</param>
/// <param name="Writable">Stores are allowed, and C is set already.</param>
public readonly record struct PageTranslation(LparAddress Start, int Shift, bool Writable);

/// <summary>
/// A hashed page table as an SPE's MFC searches it. Searches run on the SPEs' own host threads, without the machine's lock;
/// they set R and C as those of the PPE do.
/// </summary>
public interface IPageTableWalker
{
    /// <summary>Finds the page of an effective address (Book III 4.5), and marks it referenced, or changed.</summary>
    PageWalkResult Walk(in SegmentDescriptor segment, ulong effectiveAddress, bool store, out PageTranslation page);

    /// <summary>Adds a watch for an object that keeps translations made by <see cref="Walk"/>.</summary>
    void AddWatch(ITranslationWatch watch);

    /// <summary>Removes a watch.</summary>
    void RemoveWatch(ITranslationWatch watch);
}

/// <summary>Keeps translations outside the PPE.</summary>
public interface ITranslationWatch
{
    /// <summary>
    /// The page table has lost an entry. On return, no kept translation may be left and no transfer through an old one may be in
    /// progress, because the caller then reuses the page. Called with the machine's lock held; must not take it.
    /// </summary>
    void TranslationsChanged();
}
