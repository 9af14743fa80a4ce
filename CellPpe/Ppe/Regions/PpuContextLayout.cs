using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Regions;

/// <summary>Where the fields of <see cref="PpuContext"/> that compiled code touches stand, in bytes from its start.</summary>
internal static unsafe class PpuContextLayout
{
    static PpuContextLayout()
    {
        PpuContext context = default;
        PpuContext* c = &context;
        State = Offset(c, &c->State);
        Msr = Offset(c, &c->State.Msr);
        PageBase = Offset(c, &c->PageBase);
        PageEa = Offset(c, &c->PageEa);
        PageHost = Offset(c, &c->PageHost);
        Tlb = Offset(c, &c->Tlb);
        Fetch = Offset(c, &c->Fetch);
        Native = Offset(c, &c->Native);
        FetchEpochs = Offset(c, c->FetchEpochs);
        Left = Offset(c, &c->Left);
        Exact = Offset(c, &c->Exact);
        Attention = Offset(c, &c->Attention);
        ThreadId = Offset(c, &c->ThreadId);
        FaultRetired = Offset(c, &c->FaultRetired);
        SlowValue = Offset(c, &c->SlowValue);
        SlowVector = Offset(c, &c->SlowVector);
        PpuDecodedInsn insn = default;
        Entry = (int)((byte*)&insn.Entry - (byte*)&insn);
        Heat = (int)((byte*)&insn.Heat - (byte*)&insn);
    }

    public static int State { get; }

    public static int Msr { get; }

    public static int PageBase { get; }

    public static int PageEa { get; }

    public static int PageHost { get; }

    public static int Tlb { get; }

    public static int Fetch { get; }

    public static int Native { get; }

    public static int FetchEpochs { get; }

    public static int Left { get; }

    public static int Exact { get; }

    public static int Attention { get; }

    public static int ThreadId { get; }

    public static int FaultRetired { get; }

    public static int SlowValue { get; }

    public static int SlowVector { get; }

    /// <summary>In a <see cref="PpuDecodedInsn"/>.</summary>
    public static int Entry { get; }

    /// <summary>In a <see cref="PpuDecodedInsn"/>.</summary>
    public static int Heat { get; }

    private static int Offset(PpuContext* context, void* field) => (int)((byte*)field - (byte*)context);
}
