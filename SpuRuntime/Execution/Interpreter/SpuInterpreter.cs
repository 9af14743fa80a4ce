using System.Runtime.CompilerServices;

using SpuRuntime.Engine;
using SpuRuntime.State;

namespace SpuRuntime.Execution.Interpreter;

/// <summary>The interpreter's loop and the slow paths its handlers call.</summary>
internal static unsafe class SpuInterpreter
{
    /// <summary>Runs from <paramref name="i"/> until the chunk is used up, a handler leaves, or attention is wanted.</summary>
    /// <returns>Where to go on, or null when a handler has left: then <see cref="SpuContext.Exit"/> says why and State.Pc where.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static SpuDecodedInsn* Loop(SpuContext* c, SpuDecodedInsn* i)
    {
        do
            i = i->Handler(c, i);
        while (--c->Left > 0 && i != null && Volatile.Read(ref c->State.Attention) == 0);
        return i;
    }

    /// <summary>Counts an arrival at an instruction by a branch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Arrive(SpuContext* c, SpuDecodedInsn* i)
    {
        if (--i->Heat == 0)
            Hot(c, i);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Hot(SpuContext* c, SpuDecodedInsn* i) => c->Owner.Regions?.Request(c->AddressOf(i));

    /// <summary>Handler of an entry that is not decoded yet.</summary>
    public static SpuDecodedInsn* DecodeAndRun(SpuContext* c, SpuDecodedInsn* i)
    {
        c->Owner.Decode(i);
        return i->Handler(c, i);
    }

    /// <summary>Handler behind the last word: goes on with the first without counting as an instruction.</summary>
    public static SpuDecodedInsn* GoAround(SpuContext* c, SpuDecodedInsn* i) => c->Code->Handler(c, c->Code);

    /// <summary>Leaves the loop with the instruction done.</summary>
    public static SpuDecodedInsn* LeaveAfter(SpuContext* c, SpuDecodedInsn* i, SpuExitReason reason, uint argument)
    {
        c->State.Pc = (c->AddressOf(i) + 4) & (SpuState.LocalStoreSize - 1);
        c->Exit = reason;
        c->ExitArgument = argument;
        return null;
    }

    /// <summary>Leaves the loop with the instruction not done: it does not count.</summary>
    public static SpuDecodedInsn* LeaveBefore(SpuContext* c, SpuDecodedInsn* i, SpuExitReason reason, uint argument)
    {
        c->State.Pc = c->AddressOf(i);
        c->Exit = reason;
        c->ExitArgument = argument;
        c->Left++;
        return null;
    }

    /// <summary>Drops the decoded words of a quadword that has been stored to.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Drop(SpuContext* c, uint address)
    {
        // Data beside code stays what it is to the code.
        if (!c->Owner.IsCurrent(address >> 4))
            c->Owner.DropQuadword(address >> 4);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Synchronize(SpuContext* c) => c->Owner.Revalidate();

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool EventPending(SpuContext* c) => c->Owner.Channels.CheckEvents();

    /// <summary>What follows an instruction that may have enabled an interrupt: where it goes on if one is taken.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static SpuDecodedInsn* TakeInterrupt(SpuContext* c, SpuDecodedInsn* next)
    {
        if (c->State.InterruptEnable == 0 || !c->Owner.Channels.CheckEvents())
            return next;
        // Chapter 12.1: to address 0, disabled, with the next instruction's address in SRR0.
        c->State.Srr0 = c->AddressOf(next) & (SpuState.LocalStoreSize - 1);
        c->State.InterruptEnable = 0;
        return c->Code;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static SpuDecodedInsn* ReadChannel(SpuContext* c, SpuDecodedInsn* i, int channel, int target)
    {
        c->Count();
        ChannelResult result = c->Owner.Channels.Read(channel, out uint value);
        if (result == ChannelResult.Done)
            c->State.Registers[target] = Arithmetic.Preferred.Of(value);
        return AfterChannel(c, i, channel, result);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static SpuDecodedInsn* WriteChannel(SpuContext* c, SpuDecodedInsn* i, int channel, uint value)
    {
        c->Count();
        return AfterChannel(c, i, channel, c->Owner.Channels.Write(channel, value));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint ChannelCount(SpuContext* c, int channel)
    {
        c->Count();
        return c->Owner.Channels.Count(channel);
    }

    // An acknowledged event or a new mask may be what an interrupt has waited for.
    private static SpuDecodedInsn* AfterChannel(SpuContext* c, SpuDecodedInsn* i, int channel, ChannelResult result) => result switch
    {
        ChannelResult.Done => TakeInterrupt(c, i + 1),
        ChannelResult.Blocked => LeaveBefore(c, i, SpuExitReason.Blocked, (uint)channel),
        _ => LeaveBefore(c, i, SpuExitReason.InvalidChannel, (uint)channel),
    };
}
