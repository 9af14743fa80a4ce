using CellPpe.Core.Ports;

namespace Lv1Hypervisor.Partitions;

/// <summary>The kind of an outlet's interrupt source. Each kind is destroyed by its own hypercall.</summary>
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

    /// <summary>One of a logical SPE's three; created and destroyed with the SPE.</summary>
    Spe,
}

/// <summary>One interrupt source, and the plug that it is connected to, if any.</summary>
internal sealed class Outlet(uint number, OutletKind kind, string name) : IInterruptLine
{
    public uint Number { get; } = number;

    public OutletKind Kind { get; } = kind;

    public string Name { get; } = name;

    /// <summary>The thread whose plug this outlet drives; null when unconnected, and events are dropped.</summary>
    public IrqPlugs? Thread { get; set; }

    /// <summary>The plug's number on <see cref="Thread"/>.</summary>
    public int Plug { get; set; }

    /// <summary>The outlet's number is free again. A plug still connected to it receives no more events and may be reused.</summary>
    public bool IsDestroyed { get; set; }

    /// <summary>For level sources: true while the level is asserted.</summary>
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
