using static CellPpe.Recompiler.Backends.Native.X64Register;

namespace CellPpe.Recompiler.Backends.Native;

/// <summary>
/// Emits one unit. Guest registers stay in the state struct: a slot is read once and written where the block writes it, so that
/// whatever leaves finds the state complete.
/// </summary>
internal sealed class NativeEmitter
{
    private const int TlbEntryBits = 5;
    private const int PageBits = 12;
    private const int PageBytes = 1 << PageBits;
    private const int Addend = 16;

    private readonly X64Writer _x;
    private readonly NativeLayout _layout;
    private readonly NativeCode _code;
    private readonly BlockAnalysis _analysis = new();
    private readonly RegisterAllocator _registers;
    private readonly ArithmeticEmitter _arithmetic;
    private readonly List<(nint Jump, int Site, nint Resume)> _slow = [];
    private readonly List<(nint Jump, int Index, int Target)> _exits = [];
    private readonly Dictionary<uint, nint> _searches = [];
    private NativeUnit _unit;
    private nint _search;

    public NativeEmitter(X64Writer writer, NativeLayout layout, NativeCode code)
    {
        _x = writer;
        _layout = layout;
        _code = code;
        _registers = new RegisterAllocator(writer, _analysis, layout);
        _arithmetic = new ArithmeticEmitter(writer, _analysis, _registers);
    }

    public void Clear() => _searches.Clear();

    /// <summary>The piece that goes to a computed address, for one mode.</summary>
    public void Prepare(uint modeKey)
    {
        if (!_searches.TryGetValue(modeKey, out _search))
            _searches[modeKey] = _search = EmitSearch(modeKey);
    }

    /// <summary>Emits a unit whose mode is prepared.</summary>
    /// <returns>Its entry, or 0: it cannot be done.</returns>
    public nint Emit(in NativeUnit unit)
    {
        _unit = unit;
        _slow.Clear();
        _exits.Clear();
        ReadOnlySpan<IrInstruction> block = unit.Block.Span;
        foreach (ref readonly IrInstruction insn in block)
        {
            if (insn.Type == IrType.V128 || (insn.Op == IrOp.WriteSlot && insn.Slot.Type == IrType.V128))
                return 0;
        }

        _analysis.Run(block);
        _registers.Begin(block.Length);
        nint entry = EmitPrologue();
        for (int index = 0; index < block.Length; index++)
        {
            if (!_analysis.IsNeeded(index) || _analysis.IsConstant(index))
                continue;
            if (!TryEmit(block, index))
                return 0;
            _registers.EndInstruction(index);
        }

        foreach ((nint jump, int site, nint resume) in _slow)
        {
            _x.Patch(jump);
            EmitAsk(site);
            _code.SiteList[site].Resume = resume;
        }

        foreach ((nint jump, int index, int target) in _exits)
        {
            _x.Patch(jump);
            EmitExit(block[index], block[index].B, target);
        }

        return _registers.HasFailed ? 0 : entry;
    }

    private bool TryEmit(ReadOnlySpan<IrInstruction> block, int index)
    {
        ref readonly IrInstruction insn = ref block[index];
        switch (insn.Op)
        {
            case IrOp.ReadSlot:
                _x.Load(_registers.Define(index), Rbx, _layout.State + insn.Slot.Offset, insn.Slot.Bytes);
                return true;
            case IrOp.WriteSlot:
                EmitWrite(insn);
                return true;
            case IrOp.Load:
                EmitLoad(insn, index);
                return true;
            case IrOp.Store:
                EmitStore(insn);
                return true;
            case IrOp.Call:
                EmitCall(insn, index);
                return true;
            case IrOp.Perform:
                EmitAskNow(new NativeSite
                {
                    Op = IrOp.Perform,
                    Address = insn.Site.Address,
                    Excess = Excess(insn),
                    Immediate = (uint)insn.Immediate,
                    Routine = insn.Routine,
                });
                return true;
            case IrOp.ExitIf:
                int target = insn.B.Exists && !_analysis.IsConstant(_analysis.Resolve(insn.B))
                    ? _registers.Use(_analysis.Resolve(insn.B)) : -1;
                X64Condition holds = _arithmetic.EmitCondition(Condition.Of(block, _analysis, insn.A));
                _exits.Add((_x.JumpIf(holds), index, target));
                return true;
            case IrOp.Exit:
                int computed = insn.A.Exists && !_analysis.IsConstant(_analysis.Resolve(insn.A))
                    ? _registers.Use(_analysis.Resolve(insn.A)) : -1;
                EmitExit(insn, insn.A, computed);
                return true;
            default:
                return insn.Op.IsArithmetic && _arithmetic.TryEmit(block, index);
        }
    }

    // The budget is taken for the whole unit; who leaves before its end gives the rest back. What refuses stands before the entry.
    private nint EmitPrologue()
    {
        nint stop = _x.At;
        _x.AddImmediate(R14, _unit.Instructions);
        nint refuse = _x.At;
        _x.MoveImmediate(Rax, (ulong)EntryOf(_unit.Block.Address & (PageBytes - 1)));
        _x.Jump(_code.Stop);
        nint entry = _x.At;
        if (_unit.ModeMask != 0)
        {
            _x.Load(Rax, Rbx, _layout.Mode, 4);
            _x.ArithmeticImmediate(X64Arithmetic.And, Rax, (int)_unit.ModeMask, false);
            _x.ArithmeticImmediate(X64Arithmetic.Compare, Rax, (int)_unit.ModeValue, false);
            _x.JumpIf(X64Condition.NotEqual, refuse);
        }

        _x.ArithmeticImmediate(X64Arithmetic.Subtract, R14, _unit.Instructions, true);
        _x.JumpIf(X64Condition.Less, stop);
        return entry;
    }

    private void EmitWrite(in IrInstruction insn)
    {
        int value = _analysis.Resolve(insn.A);
        int place = _layout.State + insn.Slot.Offset;
        if (_analysis.IsConstant(value) && IsSigned32(_analysis.ConstantOf(value)))
            _x.StoreImmediate(Rbx, place, insn.Slot.Bytes, (int)_analysis.ConstantOf(value));
        else
            _x.Store(_registers.Use(value), Rbx, place, insn.Slot.Bytes);
    }

    private void EmitLoad(in IrInstruction insn, int index)
    {
        int bytes = (int)insn.Immediate;
        int location = _registers.Use(_analysis.Resolve(insn.A));
        int result = _registers.Define(index);
        nint miss = EmitProbe(location, bytes, tag: 0);
        _x.Load(Rcx, Rax, Addend, 8);
        _x.LoadIndexed(result, Rcx, location, 0, bytes);
        EmitSwap(result, bytes);
        int site = Add(new NativeSite
        {
            Op = IrOp.Load,
            Address = insn.Site.Address,
            Excess = Excess(insn),
            Immediate = (uint)bytes,
            A = (byte)location,
            Result = (byte)result,
        });
        _slow.Add((miss, site, _x.At));
    }

    private void EmitStore(in IrInstruction insn)
    {
        int bytes = (int)insn.Immediate;
        int location = _registers.Use(_analysis.Resolve(insn.A));
        int value = _registers.Use(_analysis.Resolve(insn.B));
        nint miss = EmitProbe(location, bytes, tag: 8);
        _x.Load(Rcx, Rax, Addend, 8);
        int image = value;
        if (bytes > 1)
        {
            _x.Move(Rdx, value);
            EmitSwap(Rdx, bytes);
            image = Rdx;
        }

        _x.StoreIndexed(image, Rcx, location, 0, bytes);
        int site = Add(new NativeSite
        {
            Op = IrOp.Store,
            Address = insn.Site.Address,
            Excess = Excess(insn),
            Immediate = (uint)bytes,
            A = (byte)location,
            B = (byte)value,
        });
        _slow.Add((miss, site, _x.At));
    }

    // The last byte's page must be the entry's: an access over a page's end never matches, because the next page has another.
    private nint EmitProbe(int location, int bytes, int tag)
    {
        _x.Move(Rax, location);
        _x.Shift(X64Shift.Right, Rax, PageBits - TlbEntryBits, wide: true);
        _x.ArithmeticImmediate(X64Arithmetic.And, Rax, (_layout.TlbEntries - 1) << TlbEntryBits, false);
        _x.Arithmetic(X64Arithmetic.Add, Rax, R12);
        _x.LoadAddress(Rcx, location, bytes - 1);
        _x.ArithmeticImmediate(X64Arithmetic.And, Rcx, -PageBytes, true);
        _x.CompareMemory(Rcx, Rax, tag);
        return _x.JumpIf(X64Condition.NotEqual);
    }

    private void EmitSwap(int register, int bytes)
    {
        if (bytes == 1)
            return;
        _x.Swap(register, bytes == 8);
        if (bytes == 2)
            _x.Shift(X64Shift.Right, register, 16, wide: false);
    }

    private void EmitCall(in IrInstruction insn, int index)
    {
        Span<byte> arguments = stackalloc byte[IrInstruction.MaxOperands];
        for (int number = 0; number < insn.Helper!.Parameters.Length; number++)
            arguments[number] = (byte)_registers.Use(_analysis.Resolve(insn.Operand(number)));
        EmitAskNow(new NativeSite
        {
            Op = IrOp.Call,
            Helper = insn.Helper,
            A = arguments[0],
            B = arguments[1],
            C = arguments[2],
            D = arguments[3],
            Result = (byte)_registers.Define(index),
        });
    }

    private void EmitExit(in IrInstruction insn, IrValue target, int register)
    {
        IrExit exit = insn.Exit!;
        if (Excess(insn) != 0)
            _x.AddImmediate(R14, Excess(insn));
        if (exit.Kind != IrExitKind.Next)
        {
            _x.MoveImmediate(
                Rax, NativeExit.FirstSite + (uint)Add(new NativeSite { Op = IrOp.Exit, Address = insn.Site.Address, Exit = exit }));
            _x.Jump(_code.Leave);
            return;
        }

        if (register >= 0)
        {
            _x.Move(Rax, register);
            _x.Jump(_search);
            return;
        }

        ulong to = _analysis.ConstantOf(_analysis.Resolve(target));
        ulong page = _unit.Block.Address & ~(ulong)(PageBytes - 1);
        if ((to & ~(ulong)(PageBytes - 1)) != page)
        {
            _x.MoveImmediate(Rax, to);
            _x.Jump(_search);
            return;
        }

        nint entry = EntryOf(to & (PageBytes - 1));
        _x.MoveImmediate(Rax, (ulong)entry);
        if (to <= insn.Site.Address)
        {
            // What may close a loop looks whether it shall stop, and whether it is hot.
            nint code = _unit.Page + ((nint)(to & (PageBytes - 1)) * 4);
            _x.CompareMemoryImmediate(Rbx, _layout.Attention, 0);
            _x.JumpIf(X64Condition.NotEqual, _code.Stop);
            _x.DecrementHalfword(Rax, (int)(code - entry) + _layout.Heat);
            _x.JumpIf(X64Condition.Equal, _code.Hot);
        }

        _x.JumpMemory(Rax, 0);
    }

    // In: rax, a guest address. Looks in the fetch cache, and whether the page's code is for this address and mode.
    private nint EmitSearch(uint modeKey)
    {
        nint start = _x.At;
        _x.Move(Rcx, Rax);
        _x.Shift(X64Shift.Right, Rcx, PageBits);
        _x.ArithmeticImmediate(X64Arithmetic.And, Rcx, _layout.FetchEntries - 1, false);
        _x.Shift(X64Shift.Left, Rcx, TlbEntryBits);
        _x.AddMemory(Rcx, Rbx, _layout.Fetch);
        _x.Move(Rdx, Rax);
        _x.ArithmeticImmediate(X64Arithmetic.And, Rdx, -PageBytes, true);
        _x.CompareMemory(Rdx, Rcx, 0);
        _x.JumpIf(X64Condition.NotEqual, _code.Search);
        _x.Load(Rdi, Rcx, 8, 8);
        _x.LoadAddress(Rsi, Rdx, (int)modeKey);
        _x.CompareMemory(Rsi, Rdi, _layout.Owner);
        _x.JumpIf(X64Condition.NotEqual, _code.Search);
        _x.CompareMemoryImmediate(Rbx, _layout.Attention, 0);
        _x.JumpIf(X64Condition.NotEqual, _code.Search);
        _x.Load(Rcx, Rcx, 16, 8);
        _x.Store(Rdi, Rbx, _layout.PageCode, 8);
        _x.Store(Rdx, Rbx, _layout.PageAddress, 8);
        _x.Store(Rcx, Rbx, _layout.PageBytes, 8);
        _x.ArithmeticImmediate(X64Arithmetic.And, Rax, PageBytes - 4, false);
        _x.LoadAddress(Rsi, Rdi, Rax, 2, 0);
        _x.LoadAddress(Rax, Rdi, Rax, 1, _layout.Entries);
        _x.DecrementHalfword(Rsi, _layout.Heat);
        _x.JumpIf(X64Condition.Equal, _code.HotCall);
        _x.JumpMemory(Rax, 0);
        return start;
    }

    private void EmitAskNow(NativeSite site)
    {
        EmitAsk(Add(site));
        site.Resume = _x.At;
    }

    private void EmitAsk(int site)
    {
        _x.MoveImmediate(Rax, NativeExit.FirstSite + (uint)site);
        _x.Jump(_code.Slow);
    }

    private int Add(NativeSite site)
    {
        _code.SiteList.Add(site);
        return _code.SiteList.Count - 1;
    }

    private int Excess(in IrInstruction insn) => _unit.Instructions - insn.Site.Instructions;

    private nint EntryOf(ulong offset) => _unit.Page + _layout.Entries + ((nint)(offset / 4) * 8);

    private static bool IsSigned32(ulong value) => (ulong)(int)value == value;
}
