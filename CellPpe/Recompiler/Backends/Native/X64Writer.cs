namespace CellPpe.Recompiler.Backends.Native;

/// <summary>
/// Writes x86-64 instructions (Intel SDM volume 2), the few forms that the native backend uses. Whoever writes has made sure
/// that there is room.
/// </summary>
internal sealed unsafe class X64Writer
{
    private byte* _at;

    /// <summary>Where the next instruction goes.</summary>
    public nint At
    {
        get => (nint)_at;
        set => _at = (byte*)value;
    }

    public void Byte(int value) => *_at++ = (byte)value;

    public void MoveImmediate(int register, ulong value)
    {
        if (value <= uint.MaxValue)
        {
            Rex(false, 0, 0, register);
            Byte(0xb8 | (register & 7));
            Int((int)(uint)value);
        }
        else if ((ulong)(int)value == value)
        {
            Rex(true, 0, 0, register);
            Byte(0xc7);
            Registers(0, register);
            Int((int)value);
        }
        else
        {
            Rex(true, 0, 0, register);
            Byte(0xb8 | (register & 7));
            *(ulong*)_at = value;
            _at += 8;
        }
    }

    public void Move(int target, int source, bool wide = true)
    {
        if (target != source || !wide)
            Both(0x8b, target, source, wide);
    }

    public void Arithmetic(X64Arithmetic operation, int target, int source, bool wide = true) =>
        Both(((int)operation << 3) | 3, target, source, wide);

    public void ArithmeticImmediate(X64Arithmetic operation, int target, int immediate, bool wide)
    {
        Rex(wide, 0, 0, target);
        bool small = (sbyte)immediate == immediate;
        Byte(small ? 0x83 : 0x81);
        Registers((int)operation, target);
        if (small)
            Byte(immediate);
        else
            Int(immediate);
    }

    public void AddImmediate(int target, int immediate) => ArithmeticImmediate(X64Arithmetic.Add, target, immediate, true);

    public void Test(int left, int right, bool wide = true) => Both(0x85, left, right, wide);

    public void TestImmediate(int register, int immediate)
    {
        Rex(false, 0, 0, register);
        Byte(0xf7);
        Registers(0, register);
        Int(immediate);
    }

    public void Not(int register) => Group3(2, register);

    public void Negate(int register) => Group3(3, register);

    /// <summary>rdx:rax = rax * register.</summary>
    public void MultiplyWide(int register, bool signed) => Group3(signed ? 5 : 4, register);

    /// <summary>rax = rdx:rax / register.</summary>
    public void Divide(int register, bool signed) => Group3(signed ? 7 : 6, register);

    public void ExtendRaxToRdx()
    {
        Byte(0x48);
        Byte(0x99);
    }

    public void Multiply(int target, int source) => TwoByte(0xaf, target, source, true);

    public void Shift(X64Shift shift, int register, int amount, bool wide = true)
    {
        Rex(wide, 0, 0, register);
        Byte(0xc1);
        Registers((int)shift, register);
        Byte(amount);
    }

    public void ShiftByCl(X64Shift shift, int register)
    {
        Rex(true, 0, 0, register);
        Byte(0xd3);
        Registers((int)shift, register);
    }

    public void Swap(int register, bool wide)
    {
        Rex(wide, 0, 0, register);
        Byte(0x0f);
        Byte(0xc8 | (register & 7));
    }

    public void SignExtend(int target, int source, int bits)
    {
        if (bits == 32)
            Both(0x63, target, source, true);
        else
            TwoByte(bits == 8 ? 0xbe : 0xbf, target, source, true);
    }

    public void ZeroExtend8(int target, int source)
    {
        // Without a prefix the numbers 4 to 7 would mean other byte registers.
        Byte(0x40 | ((target >> 3) << 2) | (source >> 3));
        Byte(0x0f);
        Byte(0xb6);
        Registers(target, source);
    }

    public void ZeroExtend16(int target, int source) => TwoByte(0xb7, target, source, false);

    public void LeadingZeros(int target, int source)
    {
        Byte(0xf3);
        TwoByte(0xbd, target, source, true);
    }

    public void BitScanReverse(int target, int source) => TwoByte(0xbd, target, source, true);

    public void MoveIf(X64Condition condition, int target, int source) => TwoByte(0x40 | (int)condition, target, source, true);

    public void SetIf(X64Condition condition, int register)
    {
        Byte(0x40 | (register >> 3));
        Byte(0x0f);
        Byte(0x90 | (int)condition);
        Registers(0, register);
    }

    public void LoadAddress(int target, int baseRegister, int displacement) => Memory(true, 0x8d, target, baseRegister, displacement);

    public void LoadAddress(int target, int baseRegister, int index, int scale, int displacement) =>
        Indexed(true, 0x8d, target, baseRegister, index, scale, displacement);

    /// <summary>Loads 1, 4 or 8 bytes with zeros above.</summary>
    public void Load(int target, int baseRegister, int displacement, int bytes)
    {
        if (bytes == 1)
        {
            Rex(false, target, 0, baseRegister);
            Byte(0x0f);
            Byte(0xb6);
            Displaced(target, baseRegister, displacement);
        }
        else
        {
            Memory(bytes == 8, 0x8b, target, baseRegister, displacement);
        }
    }

    public void Store(int source, int baseRegister, int displacement, int bytes)
    {
        if (bytes == 1)
        {
            Byte(0x40 | ((source >> 3) << 2) | (baseRegister >> 3));
            Byte(0x88);
            Displaced(source, baseRegister, displacement);
        }
        else
        {
            Memory(bytes == 8, 0x89, source, baseRegister, displacement);
        }
    }

    /// <summary>Stores a sign-extended immediate of 1, 4 or 8 bytes.</summary>
    public void StoreImmediate(int baseRegister, int displacement, int bytes, int immediate)
    {
        Rex(bytes == 8, 0, 0, baseRegister);
        Byte(bytes == 1 ? 0xc6 : 0xc7);
        Displaced(0, baseRegister, displacement);
        if (bytes == 1)
            Byte(immediate);
        else
            Int(immediate);
    }

    /// <summary>Loads 1, 2, 4 or 8 bytes, zeros above, from the sum of two registers.</summary>
    public void LoadIndexed(int target, int baseRegister, int index, int displacement, int bytes)
    {
        if (bytes >= 4)
        {
            Indexed(bytes == 8, 0x8b, target, baseRegister, index, 0, displacement);
            return;
        }

        Rex(false, target, index, baseRegister);
        Byte(0x0f);
        Byte(bytes == 1 ? 0xb6 : 0xb7);
        IndexedOperand(target, baseRegister, index, 0, displacement);
    }

    public void StoreIndexed(int source, int baseRegister, int index, int displacement, int bytes)
    {
        if (bytes == 2)
            Byte(0x66);
        Byte(0x40 | (bytes == 8 ? 8 : 0) | ((source >> 3) << 2) | ((index >> 3) << 1) | (baseRegister >> 3));
        Byte(bytes == 1 ? 0x88 : 0x89);
        IndexedOperand(source, baseRegister, index, 0, displacement);
    }

    public void CompareIndexed(int register, int baseRegister, int index, int displacement) =>
        Indexed(true, 0x3b, register, baseRegister, index, 0, displacement);

    public void CompareMemory(int register, int baseRegister, int displacement) => Memory(true, 0x3b, register, baseRegister, displacement);

    public void AddMemory(int register, int baseRegister, int displacement) => Memory(true, 0x03, register, baseRegister, displacement);

    /// <summary>Compares a word in memory with a small number.</summary>
    public void CompareMemoryImmediate(int baseRegister, int displacement, int immediate)
    {
        Rex(false, 0, 0, baseRegister);
        Byte(0x83);
        Displaced((int)X64Arithmetic.Compare, baseRegister, displacement);
        Byte(immediate);
    }

    /// <summary>Takes one from a halfword in memory.</summary>
    public void DecrementHalfword(int baseRegister, int displacement)
    {
        Byte(0x66);
        Rex(false, 0, 0, baseRegister);
        Byte(0xff);
        Displaced(1, baseRegister, displacement);
    }

    public void Push(int register)
    {
        Rex(false, 0, 0, register);
        Byte(0x50 | (register & 7));
    }

    public void Pop(int register)
    {
        Rex(false, 0, 0, register);
        Byte(0x58 | (register & 7));
    }

    public void Return() => Byte(0xc3);

    public void JumpRegister(int register)
    {
        Rex(false, 0, 0, register);
        Byte(0xff);
        Registers(4, register);
    }

    public void JumpMemory(int baseRegister, int displacement)
    {
        Rex(false, 0, 0, baseRegister);
        Byte(0xff);
        Displaced(4, baseRegister, displacement);
    }

    public void Jump(nint target)
    {
        Byte(0xe9);
        Int((int)(target - (nint)_at - 4));
    }

    public void JumpIf(X64Condition condition, nint target)
    {
        Byte(0x0f);
        Byte(0x80 | (int)condition);
        Int((int)(target - (nint)_at - 4));
    }

    /// <summary>A jump whose target <see cref="Patch"/> sets.</summary>
    public nint JumpIf(X64Condition condition)
    {
        JumpIf(condition, At);
        return At;
    }

    /// <summary>A jump whose target <see cref="Patch"/> sets.</summary>
    public nint Jump()
    {
        Jump(At);
        return At;
    }

    /// <summary>Lets a jump, named by the address behind it, go to the next instruction.</summary>
    public void Patch(nint behind) => ((int*)behind)[-1] = (int)((nint)_at - behind);

    private void Group3(int operation, int register)
    {
        Rex(true, 0, 0, register);
        Byte(0xf7);
        Registers(operation, register);
    }

    private void Both(int opcode, int register, int other, bool wide)
    {
        Rex(wide, register, 0, other);
        Byte(opcode);
        Registers(register, other);
    }

    private void TwoByte(int opcode, int register, int other, bool wide)
    {
        Rex(wide, register, 0, other);
        Byte(0x0f);
        Byte(opcode);
        Registers(register, other);
    }

    private void Memory(bool wide, int opcode, int register, int baseRegister, int displacement)
    {
        Rex(wide, register, 0, baseRegister);
        Byte(opcode);
        Displaced(register, baseRegister, displacement);
    }

    private void Indexed(bool wide, int opcode, int register, int baseRegister, int index, int scale, int displacement)
    {
        Rex(wide, register, index, baseRegister);
        Byte(opcode);
        IndexedOperand(register, baseRegister, index, scale, displacement);
    }

    private void Rex(bool wide, int register, int index, int other)
    {
        int prefix = (wide ? 8 : 0) | ((register >> 3) << 2) | ((index >> 3) << 1) | (other >> 3);
        if (prefix != 0)
            Byte(0x40 | prefix);
    }

    private void Registers(int register, int other) => Byte(0xc0 | ((register & 7) << 3) | (other & 7));

    private void Displaced(int register, int baseRegister, int displacement)
    {
        bool small = (sbyte)displacement == displacement;
        Byte((small ? 0x40 : 0x80) | ((register & 7) << 3) | (baseRegister & 7));
        // rsp and r12 as a base need the second byte.
        if ((baseRegister & 7) == X64Register.Rsp)
            Byte(0x24);
        Displacement(displacement, small);
    }

    private void IndexedOperand(int register, int baseRegister, int index, int scale, int displacement)
    {
        bool small = (sbyte)displacement == displacement;
        Byte((small ? 0x40 : 0x80) | ((register & 7) << 3) | 4);
        Byte((scale << 6) | ((index & 7) << 3) | (baseRegister & 7));
        Displacement(displacement, small);
    }

    private void Displacement(int displacement, bool small)
    {
        if (small)
            Byte(displacement);
        else
            Int(displacement);
    }

    private void Int(int value)
    {
        *(int*)_at = value;
        _at += 4;
    }
}
