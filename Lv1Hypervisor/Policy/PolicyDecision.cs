using CellPpe.Core.Ports;

namespace Lv1Hypervisor.Policy;

/// <summary>Whether a call may go on to its service, and what the guest is told when not.</summary>
/// <param name="Allowed">True when the service decides the status.</param>
/// <param name="Status">The status of a refused call; success for an allowed one.</param>
public readonly record struct PolicyDecision(bool Allowed, Lv1Status Status)
{
    /// <summary>Go on.</summary>
    public static PolicyDecision Allow => new(true, Lv1Status.Success);

    /// <summary>Answer <paramref name="status"/> and do nothing.</summary>
    public static PolicyDecision Deny(Lv1Status status) => new(false, status);
}
