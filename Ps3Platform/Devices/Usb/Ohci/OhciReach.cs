using System.Buffers.Binary;

using CellPpe.Core;

using Lv1Hypervisor.Contracts;

namespace Ps3Platform.Devices.Usb.Ohci;

/// <summary>Finds out where a controller may store if the guest does nothing more: the lockup detector asks.</summary>
/// <param name="dma">The guest's memory.</param>
internal sealed class OhciReach(IDmaPort dma)
{
    private const int MostRanges = 1024;
    private const uint Page = 0x1000;

    private readonly List<(uint Start, uint Size)> _ranges = [];
    private readonly HashSet<uint> _seen = [];
    private bool _isUnknown;

    /// <summary>Searches the lists again.</summary>
    /// <param name="communications">The communications area.</param>
    /// <param name="isPeriodic">The periodic lists are walked.</param>
    /// <param name="heads">Heads of the other lists that are.</param>
    public void Collect(uint communications, bool isPeriodic, params ReadOnlySpan<uint> heads)
    {
        _ranges.Clear();
        _seen.Clear();
        _isUnknown = false;
        // The frame number and the done queue are behind the 32 heads.
        const uint Heads = 128;
        _ranges.Add((communications + Heads, 8));
        foreach (uint head in heads)
            Follow(head);
        Span<byte> table = stackalloc byte[(int)Heads];
        if (!isPeriodic || dma.Read(new IoAddress(communications), table) != DmaFault.None)
            return;
        for (int i = 0; i < table.Length; i += 4)
            Follow(BinaryPrimitives.ReadUInt32LittleEndian(table[i..]) & ~0xfu);
    }

    /// <summary>Whether one of the stores can change a byte of a range.</summary>
    public bool Contains(LparAddress start, ulong length) =>
        _isUnknown || _ranges.Exists(range => dma.Reaches(new IoAddress(range.Start), range.Size, start, length));

    private void Follow(uint at)
    {
        while (at != 0 && !_isUnknown && _seen.Add(at) && EndpointDescriptor.TryRead(dma, at, out EndpointDescriptor endpoint))
        {
            _isUnknown = _seen.Count > MostRanges;
            at = endpoint.Next;
            if (endpoint.IsSkipped || endpoint.IsHalted || !endpoint.HasTransfers)
                continue;
            if (endpoint.IsIsochronous)
                _isUnknown = true;
            else
                AddTransfers(in endpoint);
        }
    }

    private void AddTransfers(in EndpointDescriptor endpoint)
    {
        _ranges.Add((endpoint.Address, EndpointDescriptor.Size));
        uint next = endpoint.Head;
        while (next != endpoint.Tail && next != 0 && TransferDescriptor.TryRead(dma, next, out TransferDescriptor transfer))
        {
            if (_ranges.Count > MostRanges)
            {
                _isUnknown = true;
                return;
            }

            _ranges.Add((next, TransferDescriptor.Size));
            if (transfer.Remaining > 0)
            {
                // The whole pages, which is more than the buffer.
                _ranges.Add((transfer.Current & ~(Page - 1), Page));
                _ranges.Add((transfer.End & ~(Page - 1), Page));
            }

            next = transfer.Next;
        }
    }
}
