namespace SpuRuntime.Scheduling;

/// <summary>What a scheduler has given to one SPE since it first heard of it.</summary>
/// <param name="Turns">How often a host thread has gone into it.</param>
/// <param name="HostTime">Time host threads have spent in it.</param>
public readonly record struct SpeUsage(long Turns, TimeSpan HostTime);
