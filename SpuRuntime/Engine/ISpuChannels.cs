namespace SpuRuntime.Engine;

/// <summary>What became of a channel instruction.</summary>
public enum ChannelResult
{
    /// <summary>It is done.</summary>
    Done,

    /// <summary>The channel's count is 0 and it is a blocking one: nothing has changed; try again when it has been woken.</summary>
    Blocked,

    /// <summary>No such channel, or not in this direction.</summary>
    Invalid,
}

/// <summary>
/// The channels as an SPU's instructions see them (SPU ISA chapter 11; numbers in CBE Architecture, SPU channel map). Called by the host
/// thread that executes them.
/// </summary>
public interface ISpuChannels
{
    /// <summary><c>rdch</c>: the channel's 32 bits, which go to the preferred slot.</summary>
    ChannelResult Read(int channel, out uint value);

    /// <summary><c>wrch</c>: with the preferred slot's 32 bits.</summary>
    ChannelResult Write(int channel, uint value);

    /// <summary><c>rchcnt</c>: how often the channel can be read or written without blocking; 0 for one that is not there.</summary>
    uint Count(int channel);

    /// <summary>
    /// Finds the events that come without a call, and answers whether an enabled one waits: what <c>bisled</c> tests, and what
    /// interrupts an SPU whose interrupts are enabled.
    /// </summary>
    bool CheckEvents();
}
