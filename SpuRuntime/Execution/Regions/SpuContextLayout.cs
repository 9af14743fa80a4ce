using SpuRuntime.Execution.Interpreter;

namespace SpuRuntime.Execution.Regions;

/// <summary>Where the fields of <see cref="SpuContext"/> that compiled code touches stand, in bytes from its start.</summary>
internal static unsafe class SpuContextLayout
{
    static SpuContextLayout()
    {
        SpuContext context = default;
        SpuContext* c = &context;
        State = Offset(c, &c->State);
        Attention = Offset(c, &c->State.Attention);
        LocalStore = Offset(c, &c->LocalStore);
        Decoded = Offset(c, &c->Decoded);
        Left = Offset(c, &c->Left);
        SpuDecodedInsn insn = default;
        Entry = (int)(&insn.Entry - (byte*)&insn);
    }

    public static int State { get; }

    public static int Attention { get; }

    public static int LocalStore { get; }

    public static int Decoded { get; }

    public static int Left { get; }

    /// <summary>In a <see cref="SpuDecodedInsn"/>.</summary>
    public static int Entry { get; }

    private static int Offset(SpuContext* context, void* field) => (int)((byte*)field - (byte*)context);
}
