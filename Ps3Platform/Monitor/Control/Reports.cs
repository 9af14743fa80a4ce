using Lv1Hypervisor.Contracts;

namespace Ps3Platform.Monitor.Control;

/// <summary>Whether the guest runs, and why not.</summary>
public enum MachineStatus
{
    /// <summary>It runs.</summary>
    Running,

    /// <summary>It was stopped by a user.</summary>
    Paused,

    /// <summary>It was to be started stopped, and has not run yet.</summary>
    Prelaunch,

    /// <summary>A device lets it wait until the host serves a request.</summary>
    IoError,
}

/// <summary>What a device is for.</summary>
public enum DeviceClass
{
    /// <summary>All others.</summary>
    Other,

    /// <summary>It answers lv1's storage calls.</summary>
    Storage,

    /// <summary>It answers lv1's network calls.</summary>
    Network,

    /// <summary>The USB controllers.</summary>
    Usb,
}

/// <summary>A device as it was between two turns of the guest.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Class">What it is for.</param>
/// <param name="State">What it remembers.</param>
/// <param name="Medium">What it reads and writes, or null.</param>
/// <param name="IsTrayOpen">Whether its tray is open; null: its medium is not removable.</param>
public sealed record DeviceReport(string Name, DeviceClass Class, DeviceState State, MediumReport? Medium, bool? IsTrayOpen);

/// <summary>What a storage device reads and writes.</summary>
/// <param name="File">The file or server.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ReadOnly">It cannot be written.</param>
/// <param name="Problem">Why requests wait for the host, or null.</param>
public sealed record MediumReport(string File, ulong Size, bool ReadOnly, string? Problem);

/// <summary>A hardware thread of the PPE.</summary>
/// <param name="Thread">Its number.</param>
/// <param name="State">"running", "waiting" in lv1_pause, or "off": the kernel has no entry for it.</param>
/// <param name="Address">Of the next instruction.</param>
/// <param name="Symbol">The function there, or null.</param>
/// <param name="Instructions">Executed so far.</param>
/// <param name="Interrupts">Taken so far.</param>
/// <param name="Hypercalls">Made so far.</param>
public sealed record ThreadReport(
    int Thread, string State, ulong Address, string? Symbol, ulong Instructions, ulong Interrupts, ulong Hypercalls);

/// <summary>An SPE that the guest has constructed.</summary>
/// <param name="Spe">Its number.</param>
/// <param name="State">"running", "waiting" for a channel, or "stopped".</param>
/// <param name="Channel">The channel that it waits for, or null.</param>
/// <param name="Address">Of the next instruction, in its local store.</param>
/// <param name="Instructions">Executed so far.</param>
public sealed record SpeReport(int Spe, string State, int? Channel, uint Address, ulong Instructions);

/// <summary>How often a hypercall was made.</summary>
/// <param name="Number">Its number; 256 stands for all beyond 255.</param>
/// <param name="Name">Its name.</param>
/// <param name="Calls">Since the machine was made.</param>
/// <param name="Failed">Those that did not succeed.</param>
/// <param name="Denied">Those that the policy refused.</param>
public sealed record HypercallCount(int Number, string Name, long Calls, long Failed, long Denied);

/// <summary>One hypercall as it happened.</summary>
/// <param name="TimeBase">Time base at its end, in ticks.</param>
/// <param name="Thread">The calling hardware thread.</param>
/// <param name="Number">r11.</param>
/// <param name="Name">The call's name.</param>
/// <param name="Arguments">r3 and those behind it on entry, as many as the call has, in hexadecimal.</param>
/// <param name="Status">The status that r3 had afterwards.</param>
/// <param name="Denied">The policy refused it.</param>
public sealed record HypercallRecord(
    ulong TimeBase, int Thread, ulong Number, string Name, IReadOnlyList<string> Arguments, string Status, bool Denied);
