using System.Runtime.CompilerServices;

namespace CellPpe.Core.Ports;

/// <summary>What a hardware thread waits for after lv1_pause.</summary>
public enum PpeWait
{
    /// <summary>Not waiting.</summary>
    None,

    /// <summary>Mode 0: an unmasked external interrupt, or the decrementer exception condition.</summary>
    InterruptOrDecrementer,

    /// <summary>Mode 1: an unmasked external interrupt only.</summary>
    Interrupt,
}

/// <summary>One PPE hardware thread as lv1 sees it.</summary>
public interface ILogicalPpeThread
{
    /// <summary>0 or 1.</summary>
    int ThreadId { get; }

    /// <summary>The external interrupt request (vector 0x500), a level: taken when MSR.EE is 1.</summary>
    void SetExternalInterrupt(bool asserted);

    /// <summary>Stops fetching until the condition holds, whatever MSR.EE is. Has no effect when the condition already holds.</summary>
    void Pause(PpeWait wait);

    /// <summary>Sets the data address breakpoint registers, which only lv1 can write.</summary>
    void SetDataBreakpoint(ulong dabr, ulong dabrx);
}

/// <summary>A hashed page table (Book III 4.5), which lv1 maintains for the guest and the PPE searches.</summary>
public interface IPageTable
{
    /// <summary>Number of 16-byte entries; a power of two. Eight make a group (PTEG).</summary>
    ulong SlotCount { get; }

    /// <summary>Reads an entry, with R and C as the table walk has set them.</summary>
    (ulong V, ulong R) Read(ulong slot);

    /// <summary>Replaces an entry and drops every translation made from the old one, on all threads (and SPEs).</summary>
    void Write(ulong slot, ulong v, ulong r);

    /// <summary>Empties the table and drops every translation.</summary>
    void Clear();

    /// <summary>The same table as an SPE's MFC searches it.</summary>
    IPageTableWalker Walker { get; }
}

/// <summary>The PPE's memory management unit as lv1 sees it: makes page tables and selects the one that is searched.</summary>
public interface IAddressSpaceHost
{
    /// <summary>Makes an empty page table.</summary>
    /// <param name="log2Bytes">18..20.</param>
    /// <param name="largePageShift0">Large page size for SLB L=1, LP=0, as log2 bytes (24).</param>
    /// <param name="largePageShift1">Large page size for SLB L=1, LP=1, as log2 bytes (16).</param>
    IPageTable CreatePageTable(int log2Bytes, int largePageShift0, int largePageShift1);

    /// <summary>Selects the page table of both threads. With null, every translated access faults.</summary>
    void Select(IPageTable? table);
}

/// <summary>Registers of one hypercall: r11, r3..r10 in; r3 status, r4..r10 out.</summary>
public ref struct HypercallFrame
{
    /// <summary>The call number from r11.</summary>
    public ulong Number;

    /// <summary>r3..r10 as the guest set them, all 64 bits whatever MSR.SF is.</summary>
    public Arguments8 In;

    /// <summary>r4..r10 for the guest; zero unless a call sets them.</summary>
    public Arguments8 Out;

    /// <summary>Eight doublewords.</summary>
    [InlineArray(8)]
    public struct Arguments8
    {
        private ulong _element0;
    }
}

/// <summary>The hypervisor as a PPE thread sees it: the target of <c>sc</c> with LEV = 1.</summary>
public interface IHypervisor
{
    /// <summary>Carries out one call. The result goes to r3; <see cref="HypercallFrame.Out"/> to r4..r10.</summary>
    Lv1Status Call(ILogicalPpeThread caller, ref HypercallFrame frame);
}

/// <summary>How a partition ends.</summary>
public enum PartitionEnd
{
    /// <summary>The guest asked the system manager to power off.</summary>
    PowerOff,

    /// <summary>The guest asked the system manager to restart, or called lv1_panic(1).</summary>
    Restart,

    /// <summary>lv1_panic(0) or lv1_shutdown_logical_partition.</summary>
    Panic,
}

/// <summary>Ends the partition. Implemented by the machine; the caller's hypercall never returns to the guest.</summary>
public interface IPartitionControl
{
    /// <summary>Requests the end of the partition; the machine stops at the next instruction boundary.</summary>
    void End(PartitionEnd how, string reason);
}
