using SpuRuntime.Channels;

namespace SpuRuntime.Execution;

/// <summary>Makes SPUs that interpret.</summary>
public sealed class SpuCoreFactory : ISpuEngineFactory
{
    /// <inheritdoc/>
    public unsafe ISpuEngine Create(byte* localStore, ISpuChannels channels) => new SpuCore(localStore, channels);
}
