namespace CellPpe.Recompiler.Backends.Native;

/// <summary>The general registers of an x86-64 host, by their numbers in its encoding.</summary>
internal static class X64Register
{
    public const int Rax = 0;
    public const int Rcx = 1;
    public const int Rdx = 2;
    public const int Rbx = 3;
    public const int Rsp = 4;
    public const int Rbp = 5;
    public const int Rsi = 6;
    public const int Rdi = 7;
    public const int R8 = 8;
    public const int R12 = 12;
    public const int R13 = 13;
    public const int R14 = 14;
    public const int R15 = 15;
}

/// <summary>Conditions of jumps, moves and sets, by their numbers in the encoding; the lowest bit inverts.</summary>
internal enum X64Condition
{
    Below = 2,
    AboveOrEqual = 3,
    Equal = 4,
    NotEqual = 5,
    BelowOrEqual = 6,
    Above = 7,
    Less = 12,
    GreaterOrEqual = 13,
    LessOrEqual = 14,
    Greater = 15,
}

/// <summary>Two-operand arithmetic, by its number in the encoding.</summary>
internal enum X64Arithmetic
{
    Add = 0,
    Or = 1,
    And = 4,
    Subtract = 5,
    Xor = 6,
    Compare = 7,
}

/// <summary>Shifts, by their numbers in the encoding.</summary>
internal enum X64Shift
{
    RotateLeft = 0,
    Left = 4,
    Right = 5,
    RightArithmetic = 7,
}
