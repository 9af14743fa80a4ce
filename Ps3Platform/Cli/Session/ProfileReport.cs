using System.Globalization;

using CellPpe.Core;

using Ps3Platform.Machine.Profiling;

namespace Ps3Platform.Cli.Session;

/// <summary>Prints a profile's hottest functions.</summary>
internal static class ProfileReport
{
    public static IEnumerable<string> Lines(GuestProfile profile, int most)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"{profile.Samples:N0} samples of {profile.Ticks / (double)IMachineClock.Frequency:0.000} s of guest time; idle time is not sampled");
        if (profile.Samples == 0)
            yield break;
        yield return "   self   total   samples  function";
        foreach (HotFunction function in HotFunctions.Of(profile).Take(most))
            yield return string.Create(CultureInfo.InvariantCulture, $"{Share(function.Self)} {Share(function.Total)} {function.Samples,9:N0}  {function.Name}");
    }

    private static string Share(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100,6:0.0}%");
}
