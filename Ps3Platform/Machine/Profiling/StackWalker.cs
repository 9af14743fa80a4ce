using CellPpe.Core;
using CellPpe.Ppe.State;
using CellPpe.Ppe.Threads;

namespace Ps3Platform.Machine.Profiling;

/// <summary>
/// Follows a thread's stack by the back chain (64-bit PowerPC ELF ABI supplement 3.2.2; 32-bit: System V ABI supplement),
/// and through the interrupt frames of Linux to the interrupted code. The stack is untrusted: a chain that is broken, loops or leaves
/// memory ends the walk, and every walk is bounded.
/// </summary>
internal sealed unsafe class StackWalker(FrameTable frames)
{
    /// <summary>The maximum of frames in a stack; of a deeper stack, the innermost ones are kept.</summary>
    public const int MostFrames = 128;

    // A stack grows down, so addresses in the chain ascend, except at changes of the stack: interrupts, system calls, signals.
    private const int MostDescents = 8;

    // Linux marks a frame with saved registers at doubleword 12, and pt_regs follow at byte 112
    // (arch/powerpc/include/asm/ptrace.h: STACK_FRAME_REGS_MARKER, STACK_FRAME_MARKER, STACK_FRAME_OVERHEAD). The mark is
    // "REGS" as a number, and "regshere" in older kernels.
    private const ulong RegistersMarker = 0x5245_4753;
    private const ulong OldRegistersMarker = 0x7265_6773_6865_7265;
    private const ulong MarkerOffset = 96;
    private const ulong RegistersOffset = 112;
    private const ulong SavedR1 = RegistersOffset + 8;
    private const ulong SavedNia = RegistersOffset + (32 * 8);
    private const ulong SavedMsr = SavedNia + 8;
    private const ulong SavedLr = SavedNia + (4 * 8);

    private struct Context
    {
        public ulong Nia;
        public ulong Lr;
        public ulong Sp;
        public ulong Msr;

        public readonly bool Problem => (Msr & CellPpe.Ppe.State.Msr.Pr) != 0;

        public readonly bool Wide => (Msr & CellPpe.Ppe.State.Msr.Sf) != 0;

        public readonly bool Translated => (Msr & CellPpe.Ppe.State.Msr.Dr) != 0;
    }

    /// <summary>Writes the numbers of the frames of a thread's stack, innermost first.</summary>
    /// <returns>The number of frames: 1 to <see cref="MostFrames"/>.</returns>
    public int Walk(PpuThread thread, Span<int> stack)
    {
        ref PpuState state = ref thread.State;
        var context = new Context { Nia = state.Nia, Lr = state.Lr, Sp = state.Gpr[1], Msr = state.Msr };
        int count = 0;
        int descents = 0;
        while (WalkContext(thread, ref context, stack[..Math.Min(stack.Length, MostFrames)], ref count, ref descents))
        {
        }

        return count;
    }

    // Walks the frames from one context to its outermost frame or to an interrupt frame. True for an interrupt frame; context is then
    // the interrupted one.
    private bool WalkContext(PpuThread thread, ref Context context, Span<int> stack, ref int count, ref int descents)
    {
        if (count == stack.Length)
            return false;
        int innermost = frames.Resolve(context.Nia, context.Problem);
        stack[count++] = innermost;

        // LR points into the caller until the function calls another one; afterwards it points into the function itself.
        ulong caller = context.Lr & ~3UL;
        int callerFrame = caller != 0 ? frames.Resolve(caller - 4, context.Problem) : innermost;
        bool callerKnown = callerFrame != innermost && count < stack.Length;
        if (callerKnown)
            stack[count++] = callerFrame;

        ulong sp = context.Sp;
        for (bool first = true; count < stack.Length; first = false)
        {
            if (!context.Problem && TryLeaveInterrupt(thread, sp, ref context))
                return ++descents < MostDescents;
            if (!TryStep(thread, context, ref sp, out ulong returnAddress, ref descents))
                return false;
            // The function's own frame, in which LR is already saved: this caller was already added from LR.
            if (first && callerKnown && returnAddress == caller)
                continue;
            stack[count++] = frames.Resolve(returnAddress - 4, context.Problem);
        }

        return false;
    }

    private static bool TryStep(PpuThread thread, in Context context, ref ulong sp, out ulong returnAddress, ref int descents)
    {
        returnAddress = 0;
        if (!TryRead(thread, context, sp, out ulong next) || next == 0 || next == sp)
            return false;
        if (next < sp && ++descents >= MostDescents)
            return false;
        ulong linkOffset = context.Wide ? 16UL : 4;
        if (!TryRead(thread, context, next + linkOffset, out returnAddress) || returnAddress < 4 || (returnAddress & 3) != 0)
            return false;
        sp = next;
        return true;
    }

    private static bool TryLeaveInterrupt(PpuThread thread, ulong sp, ref Context context)
    {
        if (!TryRead(thread, context, sp + MarkerOffset, out ulong marker) || marker is not (RegistersMarker or OldRegistersMarker))
            return false;
        if (!TryRead(thread, context, sp + SavedNia, out ulong nia) || !TryRead(thread, context, sp + SavedMsr, out ulong msr)
            || !TryRead(thread, context, sp + SavedLr, out ulong lr) || !TryRead(thread, context, sp + SavedR1, out ulong r1))
        {
            return false;
        }

        context = new Context { Nia = nia, Lr = lr, Sp = r1, Msr = msr };
        return true;
    }

    private static bool TryRead(PpuThread thread, in Context context, ulong address, out ulong value)
    {
        value = 0;
        if (context.Wide)
            return (address & 7) == 0 && GuestPeek.TryReadUInt64(thread, context.Translated, new EffectiveAddress(address), out value);
        if ((address & 3) != 0 || !GuestPeek.TryReadUInt32(thread, context.Translated, new EffectiveAddress((uint)address), out uint word))
            return false;
        value = word;
        return true;
    }
}
