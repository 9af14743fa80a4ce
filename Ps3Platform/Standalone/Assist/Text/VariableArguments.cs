using Ps3Platform.Standalone.Assist.Protocol;

namespace Ps3Platform.Standalone.Assist.Text;

/// <summary>
/// The variable arguments of a call: a quadword each. Those passed in registers were saved below an address; the rest is 32 bytes
/// above it, after the back chain and the save area of the link register (SPU ABI 2.2.3).
/// </summary>
internal ref struct VariableArguments(AssistCall call, uint next, uint skip)
{
    private readonly AssistCall _call = call;
    private uint _next = next;

    public uint NextWord() => _call.ReadWord(NextSlot());

    public ulong NextDoubleWord() => _call.ReadDoubleWord(NextSlot());

    public double NextDouble() => BitConverter.UInt64BitsToDouble(NextDoubleWord());

    private uint NextSlot()
    {
        uint slot = _next;
        if (slot + 16 > skip && slot <= skip)
            slot = skip + 32;
        _next = slot + 16;
        return slot & ~15u;
    }
}
