using CellPpe.Core;

namespace Ps3Platform.Devices.Gpu.Fifo;

/// <summary>How a run of the FIFO ended.</summary>
internal enum FifoRun
{
    /// <summary>GET has reached PUT.</summary>
    Empty,

    /// <summary>The run has reached its bound, and commands are left.</summary>
    MoreToDo,

    /// <summary>A word was refused. The FIFO is halted until the guest sets GET again.</summary>
    Refused,
}

/// <summary>
/// The command FIFO of one context: words in partition memory from GET to PUT, two registers in the DMA control area (devices.md 6).
/// It executes the two copy objects that ps3vram uses. All other objects, methods and commands are refused by name; GET then does not
/// reach PUT, by which the guest detects the refusal. Owned by the emulation thread.
/// </summary>
internal sealed class CommandFifo(GuestMemory memory, MemoryRegion dmaControl, FifoWindows windows)
{
    private const ulong PutRegister = 0x40;
    private const ulong GetRegister = 0x44;

    // A word is data of the preceding command, a jump, or a command: count, subchannel, method.
    private const uint JumpMark = 0x2000_0000;
    private const uint JumpAddress = 0x1FFF_FFFC;
    private const uint CommandBits = 0x1FFC_FFFC;

    // Bounds of one run, so that a guest cannot block the emulation thread: well below a millisecond of host time.
    private const int WordsOfRun = 4096;
    private const int BytesOfRun = 1 << 20;

    private readonly CopyObject?[] _subchannels = new CopyObject?[8];
    private uint _get;
    private uint _dataWords;
    private uint _subchannel;
    private uint _method;
    private bool _isHalted;

    /// <summary>Words that were refused.</summary>
    public long Refused { get; private set; }

    /// <summary>The reason why the last run refused a word; null when it refused none or the FIFO was already halted.</summary>
    public string? Refusal { get; private set; }

    /// <summary>True when commands were left at the end of the last run.</summary>
    public bool IsBusy { get; private set; }

    /// <summary>Executes the commands from GET to PUT, up to the bound of one run.</summary>
    public FifoRun Run()
    {
        Refusal = null;
        if (!memory.TryReadUInt32(dmaControl.Start + PutRegister, out uint put) || !memory.TryReadUInt32(dmaControl.Start + GetRegister, out uint get))
            return Refuse("its registers are gone");
        if (get != _get)
        {
            // The guest has set GET: the rest of an interrupted command is dropped.
            _get = get;
            _dataWords = 0;
            _isHalted = false;
        }

        if (_isHalted)
            return FifoRun.Refused;
        FifoRun end = Walk(put);
        memory.TryWriteUInt32(dmaControl.Start + GetRegister, _get);
        IsBusy = end == FifoRun.MoreToDo;
        return end;
    }

    private FifoRun Walk(uint put)
    {
        int bytes = BytesOfRun;
        for (int words = 0; words < WordsOfRun; words++)
        {
            if (_subchannels[_subchannel] is { IsCopying: true } copying)
            {
                if (copying.Continue(ref bytes) is { } failed)
                    return Refuse($"{FifoObject.Describe(copying.Handle)}: {failed}");
                if (copying.IsCopying)
                    return FifoRun.MoreToDo;
            }

            if (_get == put)
                return FifoRun.Empty;
            if (!windows.TryReadWord(_get, out uint word))
                return Refuse("it is not mapped");
            if (_dataWords != 0)
            {
                if (Send(word) is { } refused)
                    return Refuse(refused);
                _get += sizeof(uint);
            }
            else if (Command(word) is { } refused)
            {
                return Refuse(refused);
            }
        }

        return FifoRun.MoreToDo;
    }

    // Executes a word that is not data.
    private string? Command(uint word)
    {
        if ((word & ~JumpAddress) == JumpMark)
        {
            _get = word & JumpAddress;
            return null;
        }

        if ((word & ~CommandBits) != 0)
            return $"there is no command 0x{word:x8}";
        _dataWords = (word >> 18) & 0x7FF;
        _subchannel = (word >> 13) & 7;
        _method = word & 0x1FFC;
        _get += sizeof(uint);
        return null;
    }

    private string? Send(uint word)
    {
        if (_method == CopyMethod.Object)
        {
            if (word is not (FifoObject.Upload or FifoObject.Download))
                return $"{FifoObject.Describe(word)} is not offered to this partition";
            _subchannels[_subchannel] = new CopyObject(word, memory, windows);
        }
        else if (_subchannels[_subchannel] is not { } target)
        {
            return $"subchannel {_subchannel} has no object for method 0x{_method:x}";
        }
        else if (target.Send(_method, word) is { } refused)
        {
            return $"{FifoObject.Describe(target.Handle)}: {refused}";
        }

        _dataWords--;
        _method += sizeof(uint);
        return null;
    }

    private FifoRun Refuse(string why)
    {
        Refused++;
        _isHalted = true;
        IsBusy = false;
        Refusal = $"command FIFO at I/O address 0x{_get:x}: {why}";
        return FifoRun.Refused;
    }
}
