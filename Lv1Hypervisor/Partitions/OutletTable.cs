using System.Diagnostics.CodeAnalysis;
using CellPpe.Core.Ports;
using Lv1Hypervisor.Contracts;

namespace Lv1Hypervisor.Partitions;

/// <summary>
/// All interrupt outlets of the partition. Numbers are 16..62, and the lowest free one is used first: Linux maps each outlet to
/// the plug of the same number and refuses 64 and up; FreeBSD uses plug 63 itself (irq-and-time.md 3.1, 4).
/// </summary>
internal sealed class OutletTable : IOutletSource
{
    public const uint First = 16;
    public const uint Last = 62;

    private readonly Outlet?[] _outlets = new Outlet?[Last + 1];

    /// <summary>Raised when an outlet has been destroyed, so that a device bound to it unbinds.</summary>
    public event Action<Outlet>? Destroyed;

    /// <returns>Null when all numbers are taken.</returns>
    public Outlet? Create(OutletKind kind, string name)
    {
        for (uint number = First; number <= Last; number++)
        {
            if (_outlets[number] is null)
                return _outlets[number] = new Outlet(number, kind, name);
        }

        return null;
    }

    public IInterruptLine? Create(string name, out uint outlet)
    {
        Outlet? made = Create(OutletKind.Device, name);
        outlet = made?.Number ?? 0;
        return made;
    }

    public bool TryGet(ulong number, [NotNullWhen(true)] out Outlet? outlet)
    {
        outlet = number <= Last ? _outlets[number] : null;
        return outlet is not null;
    }

    public void Destroy(uint outlet)
    {
        if (TryGet(outlet, out Outlet? found))
            Destroy(found);
    }

    /// <summary>Frees the outlet's number, and the plug that it was connected to.</summary>
    public void Destroy(Outlet outlet)
    {
        outlet.Thread?.Disconnect(outlet.Plug);
        Remove(outlet);
    }

    /// <summary>
    /// Frees the outlet's number but leaves its plug connected, to a source that raises no more events. Linux disconnects the plug
    /// of the virtual UART after destroying its outlet, and calls BUG() when that fails.
    /// </summary>
    public void DestroyLeavingPlug(Outlet outlet)
    {
        outlet.SetLevel(false);
        outlet.Thread?.Silence(outlet.Plug);
        Remove(outlet);
    }

    private void Remove(Outlet outlet)
    {
        outlet.IsDestroyed = true;
        _outlets[outlet.Number] = null;
        Destroyed?.Invoke(outlet);
    }
}
