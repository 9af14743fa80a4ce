using System.Runtime.Intrinsics;
using System.Text;

using Ps3Platform.Loaders.Elf;
using Ps3Platform.Standalone;

using SpuRuntime.Engine;
using SpuRuntime.Execution;
using SpuRuntime.State;

namespace Ps3Platform.Cli.Spu;

/// <summary>Which instructions a trace shows.</summary>
internal enum TraceFilter
{
    All,
    Channels,
    Branches,
}

/// <summary>
/// Prints each instruction with the registers that it changed and the channel that it used. To see the channels, it wraps the
/// interpreter's channel interface.
/// </summary>
internal sealed class SpuTracer(TextWriter output, SpuProgram program, TraceFilter filter, uint? from, long count) : ISpuObserver, ISpuEngineFactory
{
    private const int Registers = 128;

    private readonly SpuListing _listing = new(program.Symbols);
    private readonly Vector128<byte>[] _before = new Vector128<byte>[Registers];
    private readonly StringBuilder _line = new();
    private string? _channel;
    private string? _function;
    private uint _pc;
    private uint _word;
    private ulong _number;

    /// <summary>Lines written.</summary>
    public long Lines { get; private set; }

    /// <summary>True once the address at which the trace begins has been reached.</summary>
    public bool HasBegun { get; private set; } = from is null;

    /// <summary>True once the requested number of lines has been printed.</summary>
    public bool HasReachedCount() => Lines >= count;

    /// <inheritdoc/>
    public unsafe ISpuEngine Create(byte* localStore, ISpuChannels channels) => new SpuCore(localStore, new Listener(this, channels));

    /// <inheritdoc/>
    public bool Before(IObservedSpu spu)
    {
        if (HasReachedCount())
            return false;
        ref SpuState state = ref spu.State;
        _pc = state.Pc;
        _number = state.Instructions;
        HasBegun |= _pc == from;
        if (!HasBegun)
            return true;
        _word = spu.WordAt(_pc);
        ((ReadOnlySpan<Vector128<byte>>)state.Registers).CopyTo(_before);
        _channel = null;
        return true;
    }

    /// <inheritdoc/>
    public void After(IObservedSpu spu, SpuExit exit)
    {
        if (!HasBegun)
            return;
        ref SpuState state = ref spu.State;
        bool isStop = exit.Reason is not (SpuExitReason.Budget or SpuExitReason.Attention);
        // An instruction that waits for a channel has not been executed; it will be tried again.
        if (exit.Reason == SpuExitReason.Blocked || (state.Instructions == _number && !isStop))
            return;
        bool isJump = state.Pc != ((_pc + 4) & (SpuState.LocalStoreSize - 4));
        if (!isStop && ((filter == TraceFilter.Channels && _channel is null) || (filter == TraceFilter.Branches && !isJump)))
            return;

        string? function = program.Symbols.Describe(_pc)?.Split('+')[0];
        if (function is not null && function != _function)
            output.WriteLine($"{function}:");
        _function = function;
        _line.Clear().Append($"{_number,8} {_pc:x5} {_listing.Text(_pc, _word).Replace('\t', ' '),-28}");
        Describe(state, exit, isStop, isJump);
        output.WriteLine(_line.ToString().TrimEnd());
        Lines++;
    }

    private void Describe(in SpuState state, SpuExit exit, bool isStop, bool isJump)
    {
        if (_channel is not null)
            _line.Append(' ').Append(_channel);
        for (int register = 0; register < Registers; register++)
        {
            if (state.Registers[register] == _before[register])
                continue;
            Vector128<uint> words = state.Registers[register].AsUInt32();
            _line.Append($" ${register} = {words[3]:x8} {words[2]:x8} {words[1]:x8} {words[0]:x8}");
        }

        if (isStop)
            _line.Append(exit.Reason == SpuExitReason.Stopped ? $" stops with 0x{exit.Argument:x}" : $" {exit.Reason}");
        else if (isJump)
            _line.Append($" -> {state.Pc:x5}{(program.Symbols.Describe(state.Pc) is { } symbol ? $" <{symbol}>" : "")}");
    }

    /// <summary>Passes channel instructions on, and records them.</summary>
    private sealed class Listener(SpuTracer tracer, ISpuChannels channels) : ISpuChannels
    {
        public bool CheckEvents() => channels.CheckEvents();

        public ChannelResult Read(int channel, out uint value)
        {
            ChannelResult result = channels.Read(channel, out value);
            Note(channel, result == ChannelResult.Done ? $"-> 0x{value:x8}" : result.ToString());
            return result;
        }

        public ChannelResult Write(int channel, uint value)
        {
            ChannelResult result = channels.Write(channel, value);
            Note(channel, $"<- 0x{value:x8}{(result == ChannelResult.Done ? "" : " " + result)}");
            return result;
        }

        public uint Count(int channel)
        {
            uint count = channels.Count(channel);
            Note(channel, $"count {count}");
            return count;
        }

        private void Note(int channel, string what) => tracer._channel = $"{ChannelNames.Of((uint)channel)} {what}";
    }
}
