using Ps3Platform.Devices.Blocks;

namespace Ps3Platform.Devices.Storage.Optical;

/// <summary>
/// Why a command ended in CHECK CONDITION: sense key, additional sense code and its qualifier (SPC-3, 4.5). lv1 hands them to the guest
/// in the status word, so that no REQUEST SENSE is needed (devices.md 1.3).
/// </summary>
/// <param name="Key">Sense key.</param>
/// <param name="Code">ASC.</param>
/// <param name="Qualifier">ASCQ.</param>
internal readonly record struct Sense(byte Key, byte Code, byte Qualifier = 0)
{
    public static readonly Sense None;
    public static readonly Sense NoMedium = new(2, 0x3a);
    public static readonly Sense ReadError = new(3, 0x11);
    public static readonly Sense MediumGone = new(4, 0x3e, 1);
    public static readonly Sense UnknownCommand = new(5, 0x20);
    public static readonly Sense OutOfRange = new(5, 0x21);
    public static readonly Sense BadField = new(5, 0x24);
    public static readonly Sense SavingUnsupported = new(5, 0x39);
    public static readonly Sense RemovalPrevented = new(5, 0x53, 2);
    public static readonly Sense MediumChanged = new(6, 0x28);
    public static readonly Sense WriteProtected = new(7, 0x27);

    private const ulong CheckCondition = 2;

    /// <summary>The status word of the command; 0 is success.</summary>
    public ulong Status => Key == 0 ? 0 : (CheckCondition << 24) | ((ulong)Key << 16) | ((ulong)Code << 8) | Qualifier;

    /// <summary>What a guest is told of an error of the host.</summary>
    public static Sense Of(BlockError error) => error switch
    {
        BlockError.None => None,
        BlockError.OutOfRange => OutOfRange,
        BlockError.ReadOnly => WriteProtected,
        BlockError.Gone => MediumGone,
        _ => ReadError,
    };
}
