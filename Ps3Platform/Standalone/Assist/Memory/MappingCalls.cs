using CellPpe.Core;

using Ps3Platform.Standalone.Assist.Files;
using Ps3Platform.Standalone.Assist.Protocol;

namespace Ps3Platform.Standalone.Assist.Memory;

/// <summary>mmap and related calls (operations 11 to 14, 21 and 22 of stop code 0x2101). Addresses and results have 64 bits.</summary>
internal sealed class MappingCalls(HostFiles files, MappedMemory maps)
{
    private const uint Readable = 1;
    private const uint Writable = 2;
    private const uint Shared = 1;
    private const uint Private = 2;
    private const uint Fixed = 0x10;
    private const uint Anonymous = 0x20;
    private const uint MayMove = 1;
    private const string SharedFolder = "/dev/shm";

    /// <summary>Serves a call. False when it is not one of these.</summary>
    public bool Serve(string name, AssistCall call)
    {
        switch (name)
        {
            case "mmap":
                ulong? mapped = Map(call, out int error);
                Answer(call, mapped, error);
                return true;
            case "mremap":
                ulong? moved = null;
                error = Errno.Invalid;
                if (call.DoubleWord(0) % MappedMemory.PageSize == 0 && call.Word(2) != 0)
                    moved = maps.Remap(call.DoubleWord(0), Pages(call.Word(1)), Pages(call.Word(2)), (call.Word(3) & MayMove) != 0, out error);
                Answer(call, moved, error);
                return true;
            case "munmap":
                bool isRange = call.DoubleWord(0) % MappedMemory.PageSize == 0 && call.Word(1) != 0;
                if (isRange)
                    maps.Unmap(call.DoubleWord(0), Pages(call.Word(1)));
                Answer(call, isRange ? 0UL : null, Errno.Invalid);
                return true;
            case "msync":
                maps.Synchronise();
                Answer(call, maps.IsMapped(call.DoubleWord(0), call.Word(1)) ? 0UL : null, Errno.NoMemory);
                return true;
            case "shm_open":
                string path = PathOf(call);
                call.Return(files.OpenFile(path, LinuxFlags(call.Word(1)), call.Int(2), out error), error);
                return true;
            case "shm_unlink":
                error = HostFiles.Remove(PathOf(call));
                call.Return(error == Errno.None ? 0 : -1, error);
                return true;
            default:
                return false;
        }
    }

    private static ulong Pages(uint length) => (length + MappedMemory.PageSize - 1) & ~(MappedMemory.PageSize - 1);

    // newlib's functions for these return the first two words as 64 bits whatever their type, so -1 has 64 bits too.
    private static void Answer(AssistCall call, ulong? result, int error) =>
        call.Return((uint)((result ?? ulong.MaxValue) >> 32), (uint)(result ?? ulong.MaxValue), result is null ? error : Errno.None);

    // newlib's shm_open passes its own flags, while its open translates them (libgloss/spu/shm_open.c and open.c): O_CREAT, O_TRUNC
    // and O_EXCL are 0x200, 0x400 and 0x800 in newlib, and 0x40, 0x200 and 0x80 in Linux.
    private static uint LinuxFlags(uint flags)
    {
        uint known = flags & 0xc3;
        known |= (flags & 0x200) != 0 ? 0x40u : 0;
        known |= (flags & 0x400) != 0 ? 0x200u : 0;
        return known | ((flags & 0x800) != 0 ? 0x80u : 0);
    }

    // Like glibc's shm_open: a file in a folder of a memory file system.
    private static string PathOf(AssistCall call) =>
        Path.Combine(Directory.Exists(SharedFolder) ? SharedFolder : Path.GetTempPath(), call.FileName(call.Word(0)).TrimStart('/'));

    private ulong? Map(AssistCall call, out int error)
    {
        ulong address = call.DoubleWord(0);
        ulong length = Pages(call.Word(1));
        uint protection = call.Word(2);
        uint flags = call.Word(3);
        long offset = call.Word(5);
        error = Errno.Invalid;
        if (length == 0 || offset % (long)MappedMemory.PageSize != 0 || (flags & (Shared | Private)) is not (Shared or Private))
            return null;
        if ((flags & Fixed) != 0 && address % MappedMemory.PageSize != 0)
            return null;
        HostStream? file = null;
        bool isShared = (flags & Shared) != 0;
        if ((flags & Anonymous) == 0)
        {
            file = files.FileOf(call.Word(4));
            error = file is null ? Errno.BadDescriptor : !file.CanSeek ? Errno.NoDevice : Errno.None;
            if (error == Errno.None && (!file!.Stream.CanRead || (isShared && (protection & Writable) != 0 && !file.Stream.CanWrite)))
                error = Errno.Access;
            if (error != Errno.None)
                return null;
        }

        // On a PPE, writable pages are always readable.
        RegionAccess access = (protection & Writable) != 0 ? RegionAccess.ReadWrite : (protection & Readable) != 0 ? RegionAccess.Read : RegionAccess.None;
        ulong? mapped = maps.Map((flags & Fixed) != 0 ? address : null, length, access, file, offset, isShared);
        error = mapped is null ? Errno.NoMemory : Errno.None;
        return mapped;
    }
}
