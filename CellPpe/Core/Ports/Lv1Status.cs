namespace CellPpe.Core.Ports;

/// <summary>
/// Status that a hypercall returns in r3. A guest must not get any other value: Linux calls BUG() on a code it does not know
/// (arch/powerpc/include/asm/ps3.h).
/// </summary>
public enum Lv1Status
{
    Success = 0,
    ResourceShortage = -2,
    NoPrivilege = -3,
    DeniedByPolicy = -4,
    AccessViolation = -5,
    NoEntry = -6,
    DuplicateEntry = -7,
    TypeMismatch = -8,
    Busy = -9,
    Empty = -10,
    WrongState = -11,
    NoMatch = -13,
    AlreadyConnected = -14,
    UnsupportedParameterValue = -15,
    ConditionNotSatisfied = -16,
    IllegalParameterValue = -17,
    BadOption = -18,
    ImplementationLimitation = -19,
    NotImplemented = -20,
    InvalidClassId = -21,
    ConstraintNotSatisfied = -22,
    AlignmentError = -23,
    HardwareError = -24,
    InvalidDataFormat = -25,
    InvalidOperation = -26,
    InternalError = -32768,
}
