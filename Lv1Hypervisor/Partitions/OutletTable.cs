using Lv1Hypervisor.Contracts;
using System.Diagnostics.CodeAnalysis;
using CellPpe.Core.Ports;

namespace Lv1Hypervisor.Partitions;

/// <summary>
/// Every interrupt outlet of the partition. Numbers are 16..62, lowest free first: Linux maps each of those to the plug of
/// the same number and refuses 64 and up; FreeBSD keeps plug 63 for itself (irq-and-time.md 3.1, 4).
/// </summary>
internal sealed class OutletTable : IOutletSource
{
    public const uint First = 16;
    public const uint Last = 62;

    private readonly Outlet?[] _outlets = new Outlet?[Last + 1];

    /// <summary>Raised when an outlet has gone, so that a device bound to it lets go.</summary>
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

    /// <summary>Frees the number, and the plug it was connected to.</summary>
    public void Destroy(Outlet outlet)
    {
        outlet.Thread?.Disconnect(outlet.Plug);
        Remove(outlet);
    }

    /// <summary>
    /// Frees the number but leaves the plug connected, to a source that never speaks again. Linux disconnects the plug of
    /// the virtual UART after destroying its outlet, and BUGs when that fails.
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
