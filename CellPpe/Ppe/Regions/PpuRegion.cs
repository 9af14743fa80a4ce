using System.Runtime.InteropServices;

using CellPpe.Ppe.State;
using CellPpe.Recompiler.Backends.Msil;

namespace CellPpe.Ppe.Regions;

/// <summary>A compiled region: a plan, its host code, and whether its pages are in place for each hardware thread.</summary>
internal sealed unsafe class PpuRegion(int number, PpuRegionPlan plan) : IDisposable
{
    // No fetch cache begins its epochs here.
    private const ulong Never = ulong.MaxValue;

    private uint _heat;

    public int Number => number;

    public PpuRegionPlan Plan => plan;

    /// <summary>Made because a smaller one stayed hot.</summary>
    public bool IsLarge { get; init; }

    /// <summary>Takes a side exit to the interpreter instead of a slow path. Not for code where that happens often.</summary>
    public bool IsSpeculative { get; init; } = true;

    /// <summary>Side exits to the interpreter, and the thread's count of compiled instructions at the last check.</summary>
    public (uint Count, long Compiled) SideExits { get; set; }

    /// <summary>
    /// Whether the region has been entered since the last call, by a sign that costs nothing: a branch to an instruction counts down its
    /// heat, compiled or not.
    /// </summary>
    public bool TakeUse()
    {
        uint heat = 0;
        foreach (int entry in plan.Entries)
            heat = (heat * 31) + plan.InsnAt(plan.Blocks[entry].Address)->Heat;
        bool used = heat != _heat;
        _heat = heat;
        return used;
    }

    /// <summary>The ways out of it.</summary>
    public RegionExits Exits { get; } = new();

    /// <summary>Its code, once it is compiled.</summary>
    public CompiledRegion? Code { get; set; }

    /// <summary>For each hardware thread, the fetch epoch in which its pages were last seen in place.</summary>
    public ulong* Epochs { get; private set; } = AllocateEpochs();

    /// <summary>Its host code as a handler.</summary>
    public delegate*<PpuContext*, PpuDecodedInsn*, PpuDecodedInsn*> Handler =>
        (delegate*<PpuContext*, PpuDecodedInsn*, PpuDecodedInsn*>)Code!.Entry;

    public void Dispose()
    {
        Exits.Dispose();
        NativeMemory.Free(Epochs);
        Epochs = null;
    }

    private static ulong* AllocateEpochs()
    {
        const int Threads = 2;
        var epochs = (ulong*)NativeMemory.Alloc(Threads * sizeof(ulong));
        new Span<ulong>(epochs, Threads).Fill(Never);
        return epochs;
    }
}
