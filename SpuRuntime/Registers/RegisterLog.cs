using Microsoft.Extensions.Logging;

namespace SpuRuntime.Registers;

/// <summary>
/// Logs accesses that no register answers, up to a limit: a guest can make as many as it likes. The SPE's lock guards it.
/// </summary>
internal sealed class RegisterLog(ILogger log, int spe, string area)
{
    private const int Limit = 100;

    private int _told;

    public void NoSuchAccess(bool write, string? name, ulong offset, int size, ulong value = 0)
    {
        if (_told > Limit)
            return;
        string register = name is null ? $"0x{offset:x}, which is no register" : $"{name} (0x{offset:x})";
        string access = write ? $"a {size}-byte store of 0x{value:x}" : $"a {size}-byte load";
        log.LogWarning("SPE {Number}: {Access} at {Area} offset {Register}: not possible, ignored", spe, access, area, register);
        if (_told++ == Limit)
            log.LogWarning("SPE {Number}: no more is said of accesses like these in {Area}", spe, area);
    }
}
