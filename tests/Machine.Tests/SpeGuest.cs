using System.Buffers.Binary;

using CellPpe.Core;
using CellPpe.Core.Ports;

using Lv1Hypervisor.Abi;

using Ps3Platform.Machine;

using SpuRuntime.Isa;
using SpuRuntime.Spe;

using Xunit;

namespace Machine.Tests;

/// <summary>What a guest does to start an SPE, done from outside a machine that does not run.</summary>
internal static class SpeGuest
{
    private const ulong RunControl = 0x401c;
    private const ulong NextProgramCounter = 0x4034;

    /// <summary>Constructs an SPE and starts it with these instructions at 0: by hypercalls and the SPE's registers.</summary>
    public static LogicalSpe Start(Ps3Machine machine, string program) => Start(machine, program, out _);

    /// <summary>As the other one.</summary>
    /// <param name="machine">Not running.</param>
    /// <param name="program">Assembler text.</param>
    /// <param name="id">The number by which lv1 knows it.</param>
    public static LogicalSpe Start(Ps3Machine machine, string program, out ulong id)
    {
        if (machine.Spes!.Taken.Count == 0)
            Call(machine, Lv1Call.SelectVirtualAddressSpace,
                Call(machine, Lv1Call.ConstructVirtualAddressSpace, 18, 2, 0x1810_0000_0000_0000)[0]);
        ulong[] made = Call(machine, Lv1Call.ConstructLogicalSpe, 12, 12, 12, 12, 12, 0, 0);
        id = made[5];
        LogicalSpe spe = machine.Spes.Taken[^1];
        Call(machine, Lv1Call.EnableLogicalSpe, id, (ulong)spe.Number);
        uint[] words = SpuAssembler.AssembleLines(program);
        byte[] code = new byte[words.Length * 4];
        for (int i = 0; i < words.Length; i++)
            BinaryPrimitives.WriteUInt32BigEndian(code.AsSpan(i * 4), words[i]);
        Assert.True(machine.Memory.TryWrite(new LparAddress(made[2]), code));
        Assert.Equal(3UL, spe.Shadow.Read(0xf00, 8));
        spe.ProblemState.Write(NextProgramCounter, 4, 0);
        spe.ProblemState.Write(RunControl, 4, 1);
        return spe;
    }

    /// <summary>Makes a hypercall, which must succeed, and answers its outputs.</summary>
    public static ulong[] Call(Ps3Machine machine, Lv1Call call, params ulong[] arguments)
    {
        var frame = new HypercallFrame { Number = (ulong)call };
        for (int i = 0; i < arguments.Length; i++)
            frame.In[i] = arguments[i];
        Assert.Equal(Lv1Status.Success, machine.Hypervisor.Call(machine.Ppe.Threads[0], ref frame));
        return ((ReadOnlySpan<ulong>)frame.Out)[..7].ToArray();
    }
}
