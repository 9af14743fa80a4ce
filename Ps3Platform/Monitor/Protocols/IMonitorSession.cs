using Ps3Platform.Monitor.Control;

namespace Ps3Platform.Monitor.Protocols;

/// <summary>
/// What one client is talked to with, from its connection to its end. It knows text only; <see cref="MonitorServer"/> brings it from and to
/// the client, and calls the members on one thread.
/// </summary>
public interface IMonitorSession
{
    /// <summary>Characters of the longest line it takes.</summary>
    int LongestLine { get; }

    /// <summary>What the client is told first.</summary>
    string Greeting { get; }

    /// <summary>Carries out a line and returns the answer, which may be empty.</summary>
    /// <param name="line">The line without its end.</param>
    string Answer(string line);

    /// <summary>The answer to a line that cannot be carried out at all: it was too long, or this program failed.</summary>
    /// <param name="problem">Why, as a sentence without its full stop.</param>
    string Refuse(string problem);

    /// <summary>How the client is told of an event; empty: not at all.</summary>
    string Tell(MachineEvent happened);
}
