using System.Text;

using CellPpe.Core;
using CellPpe.Core.Ports;

using Lv1Hypervisor.Abi;
using Lv1Hypervisor.Partitions;

using Ps3Platform.Machine;
using Ps3Platform.Machine.Configuration;

using Xunit;

namespace Machine.Tests.KernelAges;

/// <summary>A console whose guest is the test: it makes the hypercalls of a kernel of some age, in that kernel's order.</summary>
internal sealed class Guest : IDisposable
{
    public const ulong Mib = 1 << 20;
    public const ulong PpeId = 1;

    public Guest(FirmwareVersion? firmware = null)
    {
        MachineConfig config = Penguin.Config(new StringBuilder());
        Machine = MachineBuilder.Build(config with { Clock = ClockMode.Instructions, Firmware = firmware ?? FirmwareVersion.Retail });
    }

    public Ps3Machine Machine { get; }

    public GuestMemory Memory => Machine.Memory;

    /// <summary>Makes a call on the first thread and returns its status.</summary>
    public Lv1Status Call(Lv1Call call, out ulong[] outputs, params ReadOnlySpan<ulong> arguments)
    {
        var frame = new HypercallFrame { Number = (ulong)call };
        for (int i = 0; i < arguments.Length; i++)
            frame.In[i] = arguments[i];
        Lv1Status status = Machine.Hypervisor.Call(Machine.Ppe.Threads[0], ref frame);
        outputs = ((ReadOnlySpan<ulong>)frame.Out)[..7].ToArray();
        return status;
    }

    public Lv1Status Call(Lv1Call call, params ReadOnlySpan<ulong> arguments) => Call(call, out _, arguments);

    /// <summary>Makes a call that must succeed.</summary>
    public ulong[] Ok(Lv1Call call, params ReadOnlySpan<ulong> arguments)
    {
        Lv1Status status = Call(call, out ulong[] outputs, arguments);
        Assert.True(status == Lv1Status.Success, $"lv1_{Lv1Calls.Name((ulong)call)} answered {status}");
        return outputs;
    }

    public uint Word(ulong address)
    {
        Assert.True(Memory.TryReadUInt32(new LparAddress(address), out uint word));
        return word;
    }

    /// <summary>A doubleword of memory or of a device's registers.</summary>
    public ulong Load64(ulong address)
    {
        Assert.True(Memory.TryFind(new LparAddress(address), out MemoryRegion? region));
        if (region.Device is { } device)
            return device.Read(address - region.Start.Value, 8);
        Assert.True(Memory.TryReadUInt64(new LparAddress(address), out ulong value));
        return value;
    }

    /// <summary>Runs the next scheduled event, such as a vertical blank.</summary>
    public void NextEvent() => Machine.Events.RunDue(Machine.Events.NextTime);

    public void Dispose() => Machine.Dispose();
}
