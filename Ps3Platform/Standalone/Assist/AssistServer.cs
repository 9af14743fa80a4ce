using System.Buffers.Binary;

using Ps3Platform.Standalone.Assist.Files;
using Ps3Platform.Standalone.Assist.Memory;
using Ps3Platform.Standalone.Assist.Protocol;

using SpuRuntime.State;

namespace Ps3Platform.Standalone.Assist;

/// <summary>
/// Serves the call-backs of newlib's SPU library to a PPE: the program stops with a stop code that selects the library, and the word
/// after the stop holds the operation in its upper 8 bits and the local store address of the parameters in its lower 24.
/// </summary>
internal sealed class AssistServer(HostFiles files, HeapCalls heap, PosixCalls posix, LinuxCalls linux)
{
    private const uint C99 = 0x2100;
    private const uint Posix = 0x2101;
    private const uint SystemCall = 0x2104;
    private const uint Heap = 0x2105;

    private readonly C99Calls _c99 = new(files);

    /// <summary>Calls that have been served.</summary>
    public long Served { get; private set; }

    /// <summary>True for a stop code of a call-back, served or not.</summary>
    public static bool IsCall(uint stopCode) => stopCode is >= C99 and < 0x2200;

    /// <summary>Describes a call, for messages.</summary>
    public static string Describe(uint stopCode, uint message)
    {
        uint operation = message >> 24;
        return stopCode switch
        {
            C99 => $"the C library's {C99Calls.NameOf(operation) ?? $"operation {operation}"}",
            Posix => $"POSIX {PosixCalls.NameOf(operation) ?? $"operation {operation}"}",
            SystemCall => "a system call of the Linux kernel",
            Heap => HeapCalls.NameOf(operation) ?? $"operation {operation} on the PPE's memory",
            _ => $"the call-back with stop code 0x{stopCode:x}",
        };
    }

    /// <summary>Serves a call whose message is at <paramref name="at"/>.</summary>
    /// <returns>Null, or what is not implemented.</returns>
    public string? Serve(uint stopCode, uint at, Span<byte> localStore)
    {
        uint message = BinaryPrimitives.ReadUInt32BigEndian(localStore[(int)at..]);
        uint operation = message >> 24;
        var call = new AssistCall(localStore, message & (SpuState.LocalStoreSize - 1));
        string? missing = stopCode switch
        {
            C99 => _c99.Serve(operation, call),
            Posix => posix.Serve(operation, call),
            Heap => heap.Serve(operation, call),
            SystemCall => linux.Serve(call, message & (SpuState.LocalStoreSize - 1)),
            _ => "",
        };
        if (missing is null)
        {
            Served++;
            return null;
        }

        if (stopCode == SystemCall)
            return missing;
        // The description already contains an operation without a name.
        return !missing.StartsWith("operation ", StringComparison.Ordinal) && missing.Contains(' ', StringComparison.Ordinal) ? $"{Describe(stopCode, message)}: {missing}" : Describe(stopCode, message);
    }
}
