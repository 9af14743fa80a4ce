namespace Devices.Tests.Fakes;

/// <summary>How many cases a test of random input has: <c>PS3_FUZZ_ROUNDS</c>, if it is set.</summary>
internal static class FuzzRounds
{
    public static int Or(int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable("PS3_FUZZ_ROUNDS"), out int given) ? given : usual;
}
