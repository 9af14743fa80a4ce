using System.Numerics;
using CellPpe.Core;
using CellPpe.Ppe;
using Ps3Platform.Machine.Turns;
using SpuRuntime;
using SpuRuntime.Ports;

namespace Ps3Platform.Machine.Spes;

/// <summary>
/// Notifies the PPE of SPEs' stores to pages from which it has decoded instructions. On an SPE's own thread, the pages are collected
/// and posted once, so that an SPE cannot fill the queue.
/// </summary>
internal sealed class SpeWrites : IGuestWriteNotifier
{
    private const int PagesPerWord = 64;

    private readonly EventQueue _events;
    private readonly PpuCore _ppe;
    private readonly MachineThread _thread;
    private readonly ulong[] _pages;
    private readonly Action _apply;
    private int _posted;

    public SpeWrites(GuestMemory memory, EventQueue events, PpuCore ppe, MachineThread thread)
    {
        _events = events;
        _ppe = ppe;
        _thread = thread;
        _pages = new ulong[(memory.Capacity / GuestMemory.PageSize / PagesPerWord) + 1];
        _apply = Apply;
    }

    public void Written(ulong hostOffset, ulong length)
    {
        if (length == 0)
            return;
        if (_thread.IsInside)
        {
            _ppe.Written(hostOffset, length);
            return;
        }

        // The bytes are stored before the page's mark is read, and the PPE marks a page before it decodes from it. So either the mark is
        // seen here, or the PPE decodes the new bytes.
        Interlocked.MemoryBarrier();
        bool any = false;
        ulong last = (hostOffset + length - 1) / GuestMemory.PageSize;
        for (ulong page = hostOffset / GuestMemory.PageSize; page <= last; page++)
        {
            if (!_ppe.HoldsCode(page * GuestMemory.PageSize))
                continue;
            Interlocked.Or(ref _pages[page / PagesPerWord], 1UL << (int)(page % PagesPerWord));
            any = true;
        }

        if (any && Interlocked.Exchange(ref _posted, 1) == 0)
            _events.Post(_apply);
    }

    private void Apply()
    {
        Interlocked.Exchange(ref _posted, 0);
        for (int word = 0; word < _pages.Length; word++)
        {
            if (Volatile.Read(ref _pages[word]) == 0)
                continue;
            for (ulong left = Interlocked.Exchange(ref _pages[word], 0); left != 0; left &= left - 1)
            {
                ulong page = ((ulong)word * PagesPerWord) + (ulong)BitOperations.TrailingZeroCount(left);
                _ppe.Written(page * GuestMemory.PageSize, GuestMemory.PageSize);
            }
        }
    }
}
