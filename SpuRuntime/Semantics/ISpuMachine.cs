using System.Runtime.Intrinsics;

using SpuRuntime.Arithmetic;
using SpuRuntime.Arithmetic.Integer;

namespace SpuRuntime.Semantics;

/// <summary>What a taken indirect branch does to interrupts: its D and E feature bits (SPU ISA chapter 12).</summary>
internal enum InterruptChange
{
    None,
    Disable,
    Enable,
}

/// <summary>
/// The vocabulary instruction semantics are written in. To the interpreter values are numbers and each member does what it says; to an
/// IR builder they are nodes and each member appends what would be done. A body may branch on decoded fields, never on a value: a
/// choice between effects is one of the conditional members, a choice between values is a vector operation.
/// </summary>
/// <typeparam name="T">A 32-bit value, held zero-extended in 64 bits: an address, a condition, a channel's data.</typeparam>
/// <typeparam name="TVector">A 128-bit value (see Operations.cs for the layout).</typeparam>
internal interface ISpuMachine<T, TVector>
{
    // ---- Registers
    TVector Gpr(int index);
    void SetGpr(int index, TVector value);

    /// <summary>The FPSCR; only bits that exist are ever set.</summary>
    TVector Fpscr();
    void SetFpscr(TVector value);

    /// <summary>Where iret goes.</summary>
    T Srr0();

    /// <summary>Address of this instruction.</summary>
    uint Cia();

    // ---- Values
    T Constant(uint value);
    TVector Constant(Vector128<byte> value);

    /// <summary>The word in a register's preferred slot.</summary>
    T Preferred(TVector register);

    /// <summary>A register with a word in its preferred slot and zeros elsewhere.</summary>
    TVector InPreferred(T word);

    /// <summary>Modulo 2 to the power of 32.</summary>
    T Add(T left, T right);
    T And(T left, T right);

    /// <summary>Comparisons yield 1 or 0; the values are words.</summary>
    T Equal(T left, T right);
    T NotEqual(T left, T right);
    T GreaterSigned(T left, T right);
    T GreaterUnsigned(T left, T right);

    // ---- Arithmetic
    TVector Vector<TOperation>(TVector a)
        where TOperation : struct, ISpuVectorUnary;
    TVector Vector<TOperation>(TVector a, TVector b)
        where TOperation : struct, ISpuVectorBinary;
    TVector Vector<TOperation>(TVector a, TVector b, TVector c)
        where TOperation : struct, ISpuVectorTernary;
    TVector VectorImmediate<TOperation>(TVector a, int immediate)
        where TOperation : struct, ISpuVectorImmediate;

    /// <summary>Operations that read or change the FPSCR.</summary>
    TVector Float<TOperation>(TVector a)
        where TOperation : struct, ISpuFloatUnary;
    TVector Float<TOperation>(TVector a, TVector b)
        where TOperation : struct, ISpuFloatBinary;
    TVector Float<TOperation>(TVector a, TVector b, TVector c)
        where TOperation : struct, ISpuFloatTernary;
    TVector FloatImmediate<TOperation>(TVector a, int immediate)
        where TOperation : struct, ISpuFloatImmediate;

    // ---- Local store
    /// <summary>The quadword an address lies in; addresses go around at the end of local store.</summary>
    TVector Load(T address);
    void Store(T address, TVector value);

    /// <summary>sync: stores are done and what is fetched from here on is what is in local store; of channels too, for sync.c.</summary>
    void Synchronize(bool channels);

    /// <summary>dsync: loads, stores and channel accesses before it are done.</summary>
    void SynchronizeData();

    // ---- Control. Targets go around at the end of local store and lose their last two bits.
    void Branch(T target, InterruptChange interrupts);
    void BranchIf(T condition, T target, InterruptChange interrupts);

    /// <summary>To an address the instruction names.</summary>
    void BranchTo(uint target);
    void BranchToIf(T condition, uint target);

    /// <summary>1 when an enabled event waits, which is the external condition of bisled.</summary>
    T EventPending();

    /// <summary>Stops behind this instruction with a stop and signal type.</summary>
    void Stop(uint type);
    void HaltIf(T condition);

    // ---- Channels. Reading and writing may find that it would block: then the instruction has done nothing and will be tried again.
    void ReadChannel(int channel, int target);
    void WriteChannel(int channel, T value);
    T ChannelCount(int channel);
}
