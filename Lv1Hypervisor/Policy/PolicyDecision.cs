using CellPpe.Core.Ports;

namespace Lv1Hypervisor.Policy;

/// <summary>Whether a hypercall is passed to its service, and which status the guest gets when it is not.</summary>
/// <param name="Allowed">True when the service decides the status.</param>
/// <param name="Status">The status of a refused call; success for an allowed one.</param>
/// <param name="Expected">
/// True for a refusal that guests expect because they probe for the feature: a console gives every OtherOS the same status, which
/// means that the feature does not exist. It is logged as information; every other refusal is logged as a warning.
/// </param>
public readonly record struct PolicyDecision(bool Allowed, Lv1Status Status, bool Expected = false)
{
    /// <summary>The call is passed to its service.</summary>
    public static PolicyDecision Allow => new(true, Lv1Status.Success);

    /// <summary>The call returns <paramref name="status"/> and does nothing.</summary>
    public static PolicyDecision Deny(Lv1Status status) => new(false, status);

    /// <summary>The call returns <paramref name="status"/> and does nothing, as on a console, which offers it to no OtherOS.</summary>
    public static PolicyDecision NotOffered(Lv1Status status) => new(false, status, Expected: true);
}
