using SpuRuntime.Engine;
using SpuRuntime.Execution.Regions;

namespace SpuRuntime.Execution;

/// <summary>Makes SPUs that interpret and, with compiled code to share, run what is hot compiled.</summary>
/// <param name="code">The compiled code of a machine's SPEs; null: everything is interpreted. The caller keeps it and disposes of
/// it.</param>
public sealed class SpuCoreFactory(SpuCodeCache? code = null) : ISpuEngineFactory
{
    /// <inheritdoc/>
    public unsafe ISpuEngine Create(byte* localStore, ISpuChannels channels) => new SpuCore(localStore, channels, code: code);
}
