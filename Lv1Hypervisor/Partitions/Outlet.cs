using CellPpe.Core.Ports;

namespace Lv1Hypervisor.Partitions;

/// <summary>What an outlet's source is; each kind is destroyed by its own call.</summary>
internal enum OutletKind
{
    /// <summary>Made by lv1_construct_event_receive_port, driven by software or by a device bound to it.</summary>
    EventPort,

    /// <summary>Made by lv1_construct_io_irq_outlet.</summary>
    IoInterrupt,

    /// <summary>Made by lv1_configure_virtual_uart_irq.</summary>
    VirtualUart,

    /// <summary>Published by a device itself (GPU, sound).</summary>
    Device,

    /// <summary>One of a logical SPE's three; it comes and goes with the SPE.</summary>
    Spe,
}

/// <summary>One interrupt source, as far as it goes: to the plug it is connected to, if any.</summary>
internal sealed class Outlet(uint number, OutletKind kind, string name) : IInterruptLine
{
    public uint Number { get; } = number;

    public OutletKind Kind { get; } = kind;

    public string Name { get; } = name;

    /// <summary>The thread whose plug this outlet drives; null when unconnected, and events are dropped.</summary>
    public IrqPlugs? Thread { get; set; }

    /// <summary>The plug's number on <see cref="Thread"/>.</summary>
    public int Plug { get; set; }

    /// <summary>The number is free again; a plug that is still connected will hear nothing more and may be taken.</summary>
    public bool IsDestroyed { get; set; }

    /// <summary>For level sources: asking for service now.</summary>
    public bool Level { get; private set; }

    public void Raise() => Thread?.Latch(Plug);

    public void SetLevel(bool asserted)
    {
        if (asserted == Level)
            return;
        Level = asserted;
        if (asserted)
            Thread?.Latch(Plug);
        else
            Thread?.Withdraw(Plug);
    }
}
