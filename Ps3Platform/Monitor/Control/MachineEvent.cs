using System.Text.Json.Nodes;

namespace Ps3Platform.Monitor.Control;

/// <summary>Something that happened to the machine, named and filled as in the QEMU Machine Protocol.</summary>
/// <param name="Name">"STOP", "RESET".</param>
/// <param name="Time">When, by the host's clock.</param>
/// <param name="Data">What belongs to it, or null. To be read only.</param>
public sealed record MachineEvent(string Name, DateTimeOffset Time, JsonObject? Data);
