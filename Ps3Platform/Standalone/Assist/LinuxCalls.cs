using System.Buffers.Binary;

using CellPpe.Core;

using Ps3Platform.Standalone.Assist.Files;
using Ps3Platform.Standalone.Assist.Protocol;

namespace Ps3Platform.Standalone.Assist;

/// <summary>
/// System calls of the Linux kernel (stop code 0x2104) that newlib's functions make: reading and writing files from memory, and process
/// and user ids. The block holds the number and six parameters of 64 bits each; the result, or a negative error number, replaces the
/// number (spu_process_callback in Linux's spufs).
/// </summary>
internal sealed class LinuxCalls(HostFiles files, GuestMemory memory)
{
    private const int MostVectors = 1024;
    private const ulong VectorSize = 16;
    private const int BadAddress = 14;

    // The value that newlib's getpid returns without a call-back.
    private const int Process = 1;

    /// <summary>The name of a system call, or null for one that is not implemented.</summary>
    public static string? NameOf(ulong number) => number switch
    {
        3 => "read",
        4 => "write",
        20 => "getpid",
        145 => "readv",
        146 => "writev",
        158 => "sched_yield",
        179 => "pread64",
        180 => "pwrite64",
        207 => "gettid",
        _ => null,
    };

    /// <summary>Serves a call whose block is at an address of local store.</summary>
    /// <returns>Null, or what is not implemented.</returns>
    public string? Serve(AssistCall call, uint block)
    {
        ulong number = call.ReadDoubleWord(block);
        string? name = NameOf(number);
        if (name is null)
            return $"system call {number} of the Linux kernel";
        ulong descriptor = call.ReadDoubleWord(block + 8);
        ulong address = call.ReadDoubleWord(block + 16);
        ulong count = call.ReadDoubleWord(block + 24);
        long? offset = name is "pread64" or "pwrite64" ? (long)call.ReadDoubleWord(block + 32) : null;
        long answer = name switch
        {
            "getpid" or "gettid" => Process,
            "sched_yield" => 0,
            "readv" or "writev" => Vectored((uint)descriptor, address, count, name == "readv"),
            _ => Transfer((uint)descriptor, address, count, offset, name is "read" or "pread64"),
        };
        call.WriteDoubleWord(block, (ulong)answer);
        return null;
    }

    private long Vectored(uint descriptor, ulong address, ulong count, bool isRead)
    {
        if (count > MostVectors)
            return -Errno.Invalid;
        if (!memory.TrySlice(new LparAddress(address), count * VectorSize, RegionAccess.Read, out Span<byte> vectors))
            return -BadAddress;
        long total = 0;
        for (int index = 0; index < (int)count; index++)
        {
            ulong buffer = BinaryPrimitives.ReadUInt64BigEndian(vectors[(index * (int)VectorSize)..]);
            ulong length = BinaryPrimitives.ReadUInt64BigEndian(vectors[((index * (int)VectorSize) + 8)..]);
            long done = Transfer(descriptor, buffer, length, offset: null, isRead);
            if (done < 0)
                return total > 0 ? total : done;
            total += done;
            if ((ulong)done < length)
                break;
        }

        return total;
    }

    private long Transfer(uint descriptor, ulong address, ulong count, long? offset, bool isRead)
    {
        if (files.FileOf(descriptor) is not { } file)
            return -Errno.BadDescriptor;
        if (offset < 0)
            return -Errno.Invalid;
        if (!memory.TrySlice(new LparAddress(address), count, isRead ? RegionAccess.Write : RegionAccess.Read, out Span<byte> bytes))
            return -BadAddress;
        byte[] copy = bytes.ToArray();
        int done = copy.Length;
        int error = Errno.Try(() =>
        {
            if (isRead)
                done = offset is { } from ? file.ReadAt(copy, from) : file.Stream.Read(copy);
            else if (offset is { } to)
                file.WriteAt(copy, to);
            else if (!file.Write(copy))
                throw new IOException("write", file.Stream.CanWrite ? Errno.InputOutput : Errno.BadDescriptor);
        });
        if (error != Errno.None)
            return -error;
        if (isRead)
        {
            copy.AsSpan(0, done).CopyTo(bytes);
            memory.NotifyWritten(new LparAddress(address), (ulong)done);
        }

        return done;
    }
}
