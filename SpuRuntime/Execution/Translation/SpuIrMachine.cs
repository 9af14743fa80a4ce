using System.Runtime.Intrinsics;

using CellPpe.Recompiler;

using SpuRuntime.Arithmetic;
using SpuRuntime.Arithmetic.Integer;
using SpuRuntime.Engine;
using SpuRuntime.Semantics;
using SpuRuntime.State;

namespace SpuRuntime.Execution.Translation;

/// <summary>
/// Appends what an instruction would do to a block instead of doing it. What <c>SpuIrTranslation</c> leaves to the interpreter
/// (channels, stops, interrupts) never comes here.
/// </summary>
/// <param name="block">The block.</param>
/// <param name="address">The instruction's address.</param>
/// <param name="mode">Which single-precision arithmetic.</param>
/// <param name="plainMasks">Registers whose bytes, as indices of a shuffle, ask for no constant.</param>
internal readonly struct SpuIrMachine(IrBlock block, uint address, SpuFloatMode mode, int[] plainMasks) : ISpuMachine<IrValue, IrValue>
{
    private const ulong TargetMask = SpuState.LocalStoreSize - 4;

    /// <summary>The exit of an instruction that the interpreter runs.</summary>
    public static IrExit Interpret { get; } = new(IrExitKind.Interrupt);

    // ---- Registers
    public IrValue Gpr(int index) => block.Read(SpuIrSlots.Gpr(index));

    public void SetGpr(int index, IrValue value) => block.Write(SpuIrSlots.Gpr(index), value);

    public IrValue Fpscr() => block.Read(SpuIrSlots.Fpscr);

    public void SetFpscr(IrValue value) => block.Write(SpuIrSlots.Fpscr, value);

    public IrValue Srr0() => throw NotHere();

    public uint Cia() => address;

    // ---- Values
    public IrValue Constant(uint value) => block.Constant(value);

    public IrValue Constant(Vector128<byte> value) => VectorConstants.Constant(block, value);

    public IrValue Preferred(IrValue register) => block.Call(SpuIrHelpers.Preferred, register);

    public IrValue InPreferred(IrValue word) => block.Call(SpuIrHelpers.InPreferred, word);

    public IrValue Add(IrValue left, IrValue right) =>
        block.Binary(IrOp.And, block.Binary(IrOp.Add, left, right), block.Constant(uint.MaxValue));

    public IrValue And(IrValue left, IrValue right) => block.Binary(IrOp.And, left, right);

    public IrValue Equal(IrValue left, IrValue right) => block.Binary(IrOp.Equal, left, right);

    public IrValue NotEqual(IrValue left, IrValue right) =>
        block.Binary(IrOp.Xor, block.Binary(IrOp.Equal, left, right), block.Constant(1));

    public IrValue GreaterSigned(IrValue left, IrValue right) => block.Binary(IrOp.LessSigned, Signed(right), Signed(left));

    public IrValue GreaterUnsigned(IrValue left, IrValue right) => block.Binary(IrOp.LessUnsigned, right, left);

    // ---- Arithmetic
    public IrValue Vector<TOperation>(IrValue a)
        where TOperation : struct, ISpuVectorUnary => block.Call(SpuIrUnary<TOperation>.Helper, a);

    public IrValue Vector<TOperation>(IrValue a, IrValue b)
        where TOperation : struct, ISpuVectorBinary => block.Call(SpuIrBinary<TOperation>.Helper, a, b);

    public IrValue Vector<TOperation>(IrValue a, IrValue b, IrValue c)
        where TOperation : struct, ISpuVectorTernary => block.Call(
            typeof(TOperation) == typeof(ShuffleBytes) && IsPlainMask(c)
                ? SpuIrTernary<ShufflePlainBytes>.Helper
                : SpuIrTernary<TOperation>.Helper,
            a,
            b,
            c);

    public IrValue VectorImmediate<TOperation>(IrValue a, int immediate)
        where TOperation : struct, ISpuVectorImmediate => block.Call(SpuIrImmediate<TOperation>.Helper, a, block.Constant((uint)immediate));

    public IrValue Float<TOperation>(IrValue a)
        where TOperation : struct, ISpuFloatUnary => block.Call(SpuIrFloatUnary<TOperation>.Helper, a);

    public IrValue Float<TOperation>(IrValue a, IrValue b)
        where TOperation : struct, ISpuFloatBinary =>
        block.Call(
            (mode == SpuFloatMode.Relaxed ? SingleRelaxed.Of(typeof(TOperation)) : null) ?? SpuIrFloatBinary<TOperation>.Helper, a, b);

    public IrValue Float<TOperation>(IrValue a, IrValue b, IrValue c)
        where TOperation : struct, ISpuFloatTernary =>
        block.Call(
            (mode == SpuFloatMode.Relaxed ? SingleRelaxed.Of(typeof(TOperation)) : null) ?? SpuIrFloatTernary<TOperation>.Helper, a, b, c);

    public IrValue FloatImmediate<TOperation>(IrValue a, int immediate)
        where TOperation : struct, ISpuFloatImmediate =>
            block.Call(SpuIrFloatImmediate<TOperation>.Helper, a, block.Constant((uint)immediate));

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
    public void HaltIf(IrValue condition) => block.Leave(Interpret, condition);

    // ---- Channels
    public void ReadChannel(int channel, int target) => throw NotHere();

    public void WriteChannel(int channel, IrValue value) => throw NotHere();

    public IrValue ChannelCount(int channel) => throw NotHere();

    private static InvalidOperationException NotHere() => new("an instruction that is the interpreter's");

    private bool IsPlainMask(IrValue indices)
    {
        IrInstruction read = block[indices];
        return read.Op == IrOp.ReadSlot && Array.Exists(plainMasks, register => SpuIrSlots.Gpr(register) == read.Slot);
    }

    private IrValue Signed(IrValue word) => block.Unary(IrOp.SignExtend, word, 32);

    private IrValue Quadword(IrValue where) => block.Binary(IrOp.And, where, block.Constant(SpuState.QuadwordMask));

    private IrValue Target(IrValue target) => block.Binary(IrOp.And, target, block.Constant(TargetMask));
}
