using System.Runtime.Intrinsics;

using CellPpe.Recompiler;

using SpuRuntime.Arithmetic;
using SpuRuntime.Arithmetic.Integer;
using SpuRuntime.Semantics;
using SpuRuntime.State;

namespace SpuRuntime.Execution;

/// <summary>
/// Appends what an instruction would do to a block instead of doing it. What <see cref="IrTranslation"/> leaves to the interpreter
/// (channels, stops, interrupts) never comes here.
/// </summary>
/// <param name="block">The block.</param>
/// <param name="address">The instruction's address.</param>
/// <param name="mode">Which single-precision arithmetic.</param>
/// <param name="plainMasks">Registers whose bytes, as indices of a shuffle, ask for no constant.</param>
internal readonly struct IrMachine(IrBlock block, uint address, SpuFloatMode mode, int[] plainMasks) : ISpuMachine<IrValue, IrValue>
{
    private const ulong TargetMask = SpuState.LocalStoreSize - 4;

    // ---- Registers
    public IrValue Gpr(int index) => block.Read(IrSlots.Gpr(index));

    public void SetGpr(int index, IrValue value) => block.Write(IrSlots.Gpr(index), value);

    public IrValue Fpscr() => block.Read(IrSlots.Fpscr);

    public void SetFpscr(IrValue value) => block.Write(IrSlots.Fpscr, value);

    public IrValue Srr0() => throw NotHere();

    public uint Cia() => address;

    // ---- Values
    public IrValue Constant(uint value) => block.Constant(value);

    public IrValue Constant(Vector128<byte> value) => VectorFolding.Constant(block, value);

    public IrValue Preferred(IrValue register) => block.Call(IrHelpers.Preferred, register);

    public IrValue InPreferred(IrValue word) => block.Call(IrHelpers.InPreferred, word);

    public IrValue Add(IrValue left, IrValue right) => block.Binary(IrOp.And, block.Binary(IrOp.Add, left, right), block.Constant(uint.MaxValue));

    public IrValue And(IrValue left, IrValue right) => block.Binary(IrOp.And, left, right);

    public IrValue Equal(IrValue left, IrValue right) => block.Binary(IrOp.Equal, left, right);

    public IrValue NotEqual(IrValue left, IrValue right) => block.Binary(IrOp.Xor, block.Binary(IrOp.Equal, left, right), block.Constant(1));

    public IrValue GreaterSigned(IrValue left, IrValue right) => block.Binary(IrOp.LessSigned, Signed(right), Signed(left));

    public IrValue GreaterUnsigned(IrValue left, IrValue right) => block.Binary(IrOp.LessUnsigned, right, left);

    // ---- Arithmetic
    public IrValue Vector<TOperation>(IrValue a)
        where TOperation : struct, IVectorUnary => block.Call(IrUnary<TOperation>.Helper, a);

    public IrValue Vector<TOperation>(IrValue a, IrValue b)
        where TOperation : struct, IVectorBinary => block.Call(IrBinary<TOperation>.Helper, a, b);

    public IrValue Vector<TOperation>(IrValue a, IrValue b, IrValue c)
        where TOperation : struct, IVectorTernary => block.Call(
            typeof(TOperation) == typeof(ShuffleBytes) && IsPlainMask(c) ? IrTernary<ShufflePlainBytes>.Helper : IrTernary<TOperation>.Helper, a, b, c);

    public IrValue VectorImmediate<TOperation>(IrValue a, int immediate)
        where TOperation : struct, IVectorImmediate => block.Call(IrImmediate<TOperation>.Helper, a, block.Constant((uint)immediate));

    public IrValue Float<TOperation>(IrValue a)
        where TOperation : struct, IFloatUnary => block.Call(IrFloatUnary<TOperation>.Helper, a);

    public IrValue Float<TOperation>(IrValue a, IrValue b)
        where TOperation : struct, IFloatBinary =>
        block.Call((mode == SpuFloatMode.Relaxed ? SingleRelaxed.Of(typeof(TOperation)) : null) ?? IrFloatBinary<TOperation>.Helper, a, b);

    public IrValue Float<TOperation>(IrValue a, IrValue b, IrValue c)
        where TOperation : struct, IFloatTernary =>
        block.Call((mode == SpuFloatMode.Relaxed ? SingleRelaxed.Of(typeof(TOperation)) : null) ?? IrFloatTernary<TOperation>.Helper, a, b, c);

    public IrValue FloatImmediate<TOperation>(IrValue a, int immediate)
        where TOperation : struct, IFloatImmediate => block.Call(IrFloatImmediate<TOperation>.Helper, a, block.Constant((uint)immediate));

    // ---- Local store: nothing there can fault.
    public IrValue Load(IrValue where) => block.Access(IrOp.LoadVector, Quadword(where));

    public void Store(IrValue where, IrValue value) => block.Access(IrOp.StoreVector, Quadword(where), value);

    public void Synchronize(bool channels) => throw NotHere();

    public void SynchronizeData() => block.Barrier(StorageBarrier.Full);

    // ---- Control
    public void Branch(IrValue target, InterruptChange interrupts) => block.GoTo(Target(target));

    public void BranchIf(IrValue condition, IrValue target, InterruptChange interrupts) => block.GoTo(Target(target), condition);

    public void BranchTo(uint target) => block.GoTo(block.Constant(target & TargetMask));

    public void BranchToIf(IrValue condition, uint target) => block.GoTo(block.Constant(target & TargetMask), condition);

    public IrValue EventPending() => throw NotHere();

    public void Stop(uint type) => throw NotHere();

    // The interpreter halts: it compares once more.
    public void HaltIf(IrValue condition) => block.Leave(IrTranslation.Interpret, condition);

    // ---- Channels
    public void ReadChannel(int channel, int target) => throw NotHere();

    public void WriteChannel(int channel, IrValue value) => throw NotHere();

    public IrValue ChannelCount(int channel) => throw NotHere();

    private static InvalidOperationException NotHere() => new("an instruction that is the interpreter's");

    private bool IsPlainMask(IrValue indices)
    {
        IrInstruction read = block[indices];
        return read.Op == IrOp.ReadSlot && Array.Exists(plainMasks, register => IrSlots.Gpr(register) == read.Slot);
    }

    private IrValue Signed(IrValue word) => block.Unary(IrOp.SignExtend, word, 32);

    private IrValue Quadword(IrValue where) => block.Binary(IrOp.And, where, block.Constant(SpuState.QuadwordMask));

    private IrValue Target(IrValue target) => block.Binary(IrOp.And, target, block.Constant(TargetMask));
}
