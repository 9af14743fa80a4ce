namespace Ps3Platform.Devices.Blocks;

/// <summary>A request that the host could not serve.</summary>
/// <param name="Operation">What was asked for.</param>
/// <param name="Reason">Why it failed, as a clause.</param>
/// <param name="Waits">The request waits until that is mended; otherwise the guest gets an I/O error.</param>
public sealed record BlockFailure(BlockOperation Operation, string Reason, bool Waits);
