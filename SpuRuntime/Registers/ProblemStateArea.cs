using SpuRuntime.Channels;
using SpuRuntime.Mfc;
using SpuRuntime.RunControl;
using SpuRuntime.State;

namespace SpuRuntime.Registers;

/// <summary>
/// Problem state registers (CBE Public Registers 3.1.3): MFC commands of the proxy queue, mailboxes, run control, signals. Reached by
/// PPEs as memory-mapped I/O and by DMA, of this SPE or another. Takes the SPE's lock, and carries out what follows when it has left it.
/// </summary>
internal sealed class ProblemStateArea(
    SpeLock speLock, SpeState spe, Mailboxes mailboxes, MfcUnit mfc, SpuRunControl run, RegisterLog log) : IDmaRegisters
{
    private const ulong MultisourceSync = 0x0000;
    private const ulong LocalStoreAddress = 0x3004;
    private const ulong AddressHigh = 0x3008;
    private const ulong AddressLow = 0x300c;
    private const ulong SizeAndTag = 0x3010;
    private const ulong ClassAndCommand = 0x3014;
    private const ulong QueueStatus = 0x3104;
    private const ulong QueryType = 0x3204;
    private const ulong QueryMask = 0x321c;
    private const ulong TagStatus = 0x322c;
    private const ulong OutMailbox = 0x4004;
    private const ulong InMailbox = 0x400c;
    private const ulong MailboxStatus = 0x4014;
    private const ulong RunControl = 0x401c;
    private const ulong Status = 0x4024;
    private const ulong NextProgramCounter = 0x4034;
    private const ulong Signal1 = 0x1400c;
    private const ulong Signal2 = 0x1c00c;

    // Guarded by the SPE's lock.
    private ProxyParameters _parameters;

    /// <summary>What has been written of the next proxy command. Guarded by the SPE's lock.</summary>
    public ProxyParameters Parameters => _parameters;

    /// <inheritdoc/>
    public ulong Read(ulong offset, int size)
    {
        ulong value;
        SpeActions actions;
        using (speLock.Enter())
        {
            value = ReadLocked(offset, size);
            actions = speLock.Collect();
        }

        speLock.CarryOut(actions);
        return value;
    }

    /// <inheritdoc/>
    public void Write(ulong offset, int size, ulong value)
    {
        CarryOut(Store(offset, size, value));
        if (offset == RunControl && size == 4)
            speLock.AwaitStop();
    }

    /// <inheritdoc/>
    public SpeActions StoreFromDma(ulong offset, int size, ulong value)
    {
        SpeActions actions = Store(offset, size, value);
        CarryOut(actions & SpeActions.Wake);
        return actions & ~SpeActions.Wake;
    }

    /// <inheritdoc/>
    public void CarryOut(SpeActions actions) => speLock.CarryOut(actions);

    public void Reset() => _parameters = default;

    private ulong ReadLocked(ulong offset, int size)
    {
        if (size == 8)
        {
            // Transfers are done when they are issued: a synchronization is never pending.
            if (offset == MultisourceSync)
                return 0;
            if (IsPair(offset))
                return ((ulong)ReadWord(offset) << 32) | ReadWord(offset + 4);
        }
        else if (size == 4)
        {
            return ReadWord(offset);
        }

        log.NoSuchAccess(write: false, NameOf(offset), offset, size);
        return 0;
    }

    private SpeActions Store(ulong offset, int size, ulong value)
    {
        using (speLock.Enter())
        {
            WriteLocked(offset, size, value);
            return speLock.Collect();
        }
    }

    private void WriteLocked(ulong offset, int size, ulong value)
    {
        if (size == 8 && offset == MultisourceSync)
            return;
        if (size == 8 && IsPair(offset))
        {
            WriteWord(offset, (uint)(value >> 32));
            WriteWord(offset + 4, (uint)value);
        }
        else if (size == 4)
        {
            WriteWord(offset, (uint)value);
        }
        else
        {
            log.NoSuchAccess(write: true, NameOf(offset), offset, size, value);
        }
    }

    // The registers that may be written in twos with one 64-bit store.
    private static bool IsPair(ulong offset) => offset is AddressHigh or SizeAndTag;

    private uint ReadWord(ulong offset)
    {
        switch (offset)
        {
            case AddressHigh:
                return _parameters.AddressHigh;
            case AddressLow:
                return _parameters.AddressLow;
            case SizeAndTag:
                return _parameters.SizeAndTag;
            case ClassAndCommand:
                return Enqueue();
            case QueueStatus:
                return (uint)spe.Mfc.Proxy.Free | (spe.Mfc.Proxy.IsEmpty ? 1u << 31 : 0);
            case QueryType:
                return spe.Mfc.ProxyQueryType;
            case QueryMask:
                return spe.Mfc.ProxyQueryMask;
            case TagStatus:
                return mfc.ProxyTagStatus;
            case OutMailbox:
                return mailboxes.TakeOutMailbox();
            case MailboxStatus:
                return mailboxes.Status;
            case RunControl:
                return spe.Run.RunControl;
            case Status:
                return run.Status;
            case NextProgramCounter:
                return run.NextProgramCounter;
            case Signal1:
                return spe.Channels.Signal1.Value;
            case Signal2:
                return spe.Channels.Signal2.Value;
            default:
                log.NoSuchAccess(write: false, NameOf(offset), offset, 4);
                return 0;
        }
    }

    private void WriteWord(ulong offset, uint value)
    {
        switch (offset)
        {
            case LocalStoreAddress:
                _parameters.LocalAddress = value;
                _parameters.Written |= ProxyWritten.LocalAddress;
                break;
            case AddressHigh:
                _parameters.AddressHigh = value;
                _parameters.Written |= ProxyWritten.AddressHigh;
                break;
            case AddressLow:
                _parameters.AddressLow = value;
                _parameters.Written |= ProxyWritten.Address;
                break;
            case SizeAndTag:
                _parameters.SizeAndTag = value;
                _parameters.Written |= ProxyWritten.SizeAndTag;
                break;
            case ClassAndCommand:
                _parameters.Command = value;
                _parameters.Written |= ProxyWritten.Command;
                break;
            case QueryType:
                mfc.WriteProxyQuery(value);
                break;
            case QueryMask:
                mfc.WriteProxyQueryMask(value);
                break;
            case InMailbox:
                mailboxes.StoreInMailbox(value);
                break;
            case RunControl:
                run.WriteRunControl(value);
                break;
            case NextProgramCounter:
                run.NextProgramCounter = value;
                break;
            case Signal1:
                mailboxes.StoreSignal(1, value);
                break;
            case Signal2:
                mailboxes.StoreSignal(2, value);
                break;
            default:
                log.NoSuchAccess(write: true, NameOf(offset), offset, 4, value);
                break;
        }
    }

    // Reading MFC_CMDStatus enqueues what has been written, as consoles do. The last value written to each register counts, in whatever
    // order. A failed attempt keeps all parameters; a successful one uses them up (CBE Public Registers 3.4.2.1: "not persistent"), and
    // until something is written again the register shows what came of it.
    private uint Enqueue()
    {
        const uint SequenceError = 1;
        const uint NoRoom = 2;
        const uint Classes = 0x0303_0000;
        if (_parameters.Written == ProxyWritten.None)
            return _parameters.Result;
        byte opcode = (byte)_parameters.Command;
        ProxyWritten needed = MfcOpcode.KindOf(opcode) == MfcCommandKind.Order ? ProxyWritten.Ordering : ProxyWritten.Transfer;
        uint result = (_parameters.Written & needed) == needed ? 0 : SequenceError;
        if (spe.Mfc.Proxy.Free == 0)
            result |= NoRoom;
        // Class identifiers read back beside the result (3.4.2.3).
        result |= _parameters.Command & Classes;
        if ((result & (SequenceError | NoRoom)) != 0)
        {
            _parameters.Result = result;
            return result;
        }

        mfc.Enqueue(new MfcCommand
        {
            Opcode = opcode,
            LocalAddress = _parameters.LocalAddress,
            Address = ((ulong)_parameters.AddressHigh << 32) | _parameters.AddressLow,
            Size = _parameters.SizeAndTag >> 16,
            Tag = _parameters.SizeAndTag & 0xffff,
            Progress = MfcOpcode.Check(_parameters.Command),
        });
        _parameters = new ProxyParameters { Command = _parameters.Command, Result = result };
        return result;
    }

    private static string? NameOf(ulong offset) => offset switch
    {
        MultisourceSync => "MFC_MSSync",
        LocalStoreAddress => "MFC_LSA",
        AddressHigh => "MFC_EAH",
        AddressLow => "MFC_EAL",
        SizeAndTag => "MFC_Size and MFC_Tag",
        ClassAndCommand => "MFC_ClassID_CMD",
        QueueStatus => "MFC_QStatus",
        QueryType => "Prxy_QueryType",
        QueryMask => "Prxy_QueryMask",
        TagStatus => "Prxy_TagStatus",
        OutMailbox => "SPU_Out_Mbox",
        InMailbox => "SPU_In_Mbox",
        MailboxStatus => "SPU_Mbox_Stat",
        RunControl => "SPU_RunCntl",
        Status => "SPU_Status",
        NextProgramCounter => "SPU_NPC",
        Signal1 => "SPU_Sig_Notify_1",
        Signal2 => "SPU_Sig_Notify_2",
        _ => null,
    };
}

/// <summary>Which registers of a proxy command have been written since the last one was enqueued.</summary>
[Flags]
internal enum ProxyWritten : uint
{
    None = 0,
    LocalAddress = 1,
    Address = 2,
    SizeAndTag = 4,
    Command = 8,
    AddressHigh = 16,

    /// <summary>What a transfer needs. The upper half of the address may be left out, and is 0 then.</summary>
    Transfer = LocalAddress | Address | SizeAndTag | Command,

    /// <summary>What a command that only orders others needs.</summary>
    Ordering = SizeAndTag | Command,
}

/// <summary>The parameter registers of the proxy queue, and the return code of the last attempt to enqueue: plain data.</summary>
internal struct ProxyParameters
{
    public uint LocalAddress;
    public uint AddressHigh;
    public uint AddressLow;
    public uint SizeAndTag;
    public uint Command;
    public ProxyWritten Written;
    public uint Result;
}
