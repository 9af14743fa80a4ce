using SpuRuntime.Engine;

namespace SpuRuntime.Tests.Vectors;

/// <summary>Channels without a device: even ones are read, odd ones written, those from 120 on are not there, 100 to 119 block.</summary>
internal sealed class PlainChannels : ISpuChannels
{
    public List<(int Channel, uint Value)> Writes { get; } = [];

    public bool IsEventPending { get; set; }

    public bool CheckEvents() => IsEventPending;

    public ChannelResult Read(int channel, out uint value)
    {
        value = Value(channel);
        return channel >= 120 || channel % 2 != 0 ? ChannelResult.Invalid : channel >= 100 ? ChannelResult.Blocked : ChannelResult.Done;
    }

    public ChannelResult Write(int channel, uint value)
    {
        if (channel >= 120 || channel % 2 == 0)
            return ChannelResult.Invalid;
        if (channel >= 100)
            return ChannelResult.Blocked;
        Writes.Add((channel, value));
        return ChannelResult.Done;
    }

    public uint Count(int channel) => channel >= 100 ? 0u : (uint)channel + 1;

    public static uint Value(int channel) => 0x8000_0001u * (uint)(channel + 1);
}
