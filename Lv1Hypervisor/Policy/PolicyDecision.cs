using CellPpe.Core.Ports;

namespace Lv1Hypervisor.Policy;

/// <summary>Whether a call may go on to its service, and what the guest is told when not.</summary>
/// <param name="Allowed">True when the service decides the status.</param>
/// <param name="Status">The status of a refused call; success for an allowed one.</param>
/// <param name="Expected">
/// A refusal that guests probe for: a console answers the same to every OtherOS, with a status that says "there is no such thing". It is
/// logged as information; every other refusal is a warning.
/// </param>
public readonly record struct PolicyDecision(bool Allowed, Lv1Status Status, bool Expected = false)
{
    /// <summary>Go on.</summary>
    public static PolicyDecision Allow => new(true, Lv1Status.Success);

    /// <summary>Answer <paramref name="status"/> and do nothing.</summary>
    public static PolicyDecision Deny(Lv1Status status) => new(false, status);

    /// <summary>Answer <paramref name="status"/> and do nothing, as a console does when a guest tries what no OtherOS has.</summary>
    public static PolicyDecision NotOffered(Lv1Status status) => new(false, status, Expected: true);
}
