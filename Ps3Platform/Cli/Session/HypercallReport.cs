using Lv1Hypervisor;
using Lv1Hypervisor.Abi;
using Lv1Hypervisor.Policy;

namespace Ps3Platform.Cli.Session;

/// <summary>Prints the audit trail.</summary>
internal static class HypercallReport
{
    private const int Recent = 16;

    public static IEnumerable<string> Lines(Lv1 lv1)
    {
        AuditTrail audit = lv1.Audit;
        yield return $"{audit.Total:N0} hypercalls";
        for (ulong number = 0; number <= 256; number++)
        {
            long calls = audit.Calls(number);
            if (calls == 0)
                continue;
            string name = number < 256 ? "lv1_" + Lv1Calls.Name(number) : "numbers beyond 255";
            yield return $"{calls,10:N0}  {number,3}  {name}  failed {audit.Failed(number):N0}, denied {audit.Denied(number):N0}";
        }

        foreach (AuditRecord record in audit.Recent().TakeLast(Recent))
        {
            string arguments = string.Join(", ", Enumerable.Range(0, Lv1Calls.InputCount(record.Number)).Select(index => $"0x{record.Arguments[index]:x}"));
            yield return $"  {record.TimeBase} thread {record.Thread}: lv1_{Lv1Calls.Name(record.Number)}({arguments}) = {record.Status}";
        }
    }
}
