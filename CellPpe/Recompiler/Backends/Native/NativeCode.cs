using static CellPpe.Recompiler.Backends.Native.X64Register;

namespace CellPpe.Recompiler.Backends.Native;

/// <summary>
/// The host code of a core: a stretch of executable memory, the common pieces at its beginning, and units behind them, one
/// after the other until it is full. Owned by the thread that runs the guest.
/// </summary>
public sealed unsafe class NativeCode : IDisposable
{
    // More than the largest unit needs.
    private const int Margin = 128 * 1024;

    private static readonly int[] Preserved = [Rbx, Rbp, R12, R13, R14, R15];
    private static readonly int[] Saved = [Rdx, Rbp, Rsi, Rdi, 8, 9, 10, 11, R13, R15];

    private readonly ExecutableMemory _memory;
    private readonly X64Writer _x = new();
    private readonly NativeLayout _layout;
    private readonly NativeEmitter _emitter;
    private readonly nint _first;
    private readonly nint _leave;

    /// <summary>Makes room for code.</summary>
    /// <param name="layout">Where things stand.</param>
    /// <param name="bytes">How much code there may be.</param>
    public NativeCode(NativeLayout layout, int bytes)
    {
        _layout = layout;
        _memory = new ExecutableMemory(bytes);
        _x.At = _memory.Start;
        Enter = (delegate* unmanaged[SuppressGCTransition]<void*, nint, uint>)EmitEnter();
        _leave = _x.At;
        EmitLeave();
        Unlinked = EmitReturn(NativeExit.Unlinked);
        Refused = EmitReturn(NativeExit.Refused);
        Stop = EmitReturn(NativeExit.Stop);
        Hot = EmitReturn(NativeExit.Hot);
        HotCall = EmitReturn(NativeExit.HotCall);
        Search = EmitReturn(NativeExit.Search);
        Slow = _x.At;
        foreach (int register in Saved)
            _x.Store(register, Rbx, _layout.Frame + (8 * register), 8);
        _x.Jump(_leave);
        ResumeAll = _x.At;
        foreach (int register in Saved)
            _x.Load(register, Rbx, _layout.Frame + (8 * register), 8);
        _x.JumpMemory(Rbx, _layout.Frame + NativeFrame.ResumeOffset);
        _emitter = new NativeEmitter(_x, layout, this);
        _first = _x.At;
    }

    /// <summary>True on hosts this makes code for.</summary>
    public static bool IsSupported => ExecutableMemory.IsSupported;

    /// <summary>Runs code on a context, and says why it has returned (see <see cref="NativeExit"/>).</summary>
    public delegate* unmanaged[SuppressGCTransition]<void*, nint, uint> Enter { get; }

    /// <summary>The entry of an instruction that has no code.</summary>
    public nint Unlinked { get; }

    /// <summary>The entry of an instruction that has been tried, or has better code.</summary>
    public nint Refused { get; }

    /// <summary>What <see cref="Enter"/> is given to go on at <see cref="NativeFrame.Resume"/> with the registers of the frame.</summary>
    public nint ResumeAll { get; }

    /// <summary>True when there may not be room for another unit.</summary>
    public bool IsFull => _x.At + Margin > _memory.Start + _memory.Size;

    /// <summary>Bytes of code.</summary>
    public long Used => _x.At - _memory.Start;

    internal List<NativeSite> SiteList { get; } = [];

    internal nint Stop { get; }

    internal nint Hot { get; }

    internal nint HotCall { get; }

    internal nint Search { get; }

    internal nint Slow { get; }

    internal nint Leave => _leave;

    /// <summary>The place where code has asked for something.</summary>
    /// <param name="exit">Why it has returned.</param>
    public NativeSite SiteOf(uint exit) => SiteList[(int)(exit - NativeExit.FirstSite)];

    /// <summary>Makes code of a unit.</summary>
    /// <returns>Its entry, or 0: it cannot be done.</returns>
    public nint Compile(in NativeUnit unit)
    {
        _emitter.Prepare(unit.ModeKey);
        nint start = _x.At;
        int sites = SiteList.Count;
        nint entry = _emitter.Emit(unit);
        if (entry == 0)
        {
            _x.At = start;
            SiteList.RemoveRange(sites, SiteList.Count - sites);
        }

        return entry;
    }

    /// <summary>Forgets all units. No thread may be inside.</summary>
    public void Clear()
    {
        _x.At = _first;
        SiteList.Clear();
        _emitter.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();

    // System V AMD64 ABI: context in rdi, where to go in rsi. Units keep no stack.
    private nint EmitEnter()
    {
        nint start = _x.At;
        foreach (int register in Preserved)
            _x.Push(register);
        _x.Move(Rbx, Rdi);
        _x.Load(R12, Rbx, _layout.Tlb, 8);
        _x.Load(R14, Rbx, _layout.Left, 8);
        _x.JumpRegister(Rsi);
        return start;
    }

    private void EmitLeave()
    {
        _x.Store(R14, Rbx, _layout.Left, 8);
        for (int index = Preserved.Length - 1; index >= 0; index--)
            _x.Pop(Preserved[index]);
        _x.Return();
    }

    // What it is about is in rax.
    private nint EmitReturn(uint reason)
    {
        nint start = _x.At;
        _x.Store(Rax, Rbx, _layout.Frame + NativeFrame.TargetOffset, 8);
        _x.MoveImmediate(Rax, reason);
        _x.Jump(_leave);
        return start;
    }
}
