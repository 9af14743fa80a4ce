namespace Ps3Platform.Machine.Configuration.Kinds;

/// <summary>Finds the known word that is nearest to a mistyped one.</summary>
internal static class Suggestions
{
    /// <summary>The nearest of the known words, or null when none is near enough.</summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        string bare = Bare(word);
        if (bare.Length < 2)
            return null;
        string? best = null;
        int least = int.MaxValue;
        foreach (string candidate in known)
        {
            string name = Bare(candidate);
            if (name.Length < 2)
                continue;
            // A prefix of a known word counts as one wrong letter.
            int distance = name.StartsWith(bare, StringComparison.Ordinal) ? Math.Min(1, name.Length - bare.Length) : Distance(bare, name);
            if (distance < least)
                (best, least) = (candidate, distance);
        }

        // Tolerated wrong letters: one in up to three letters, two in four to eight, a third of longer words.
        int tolerated = Math.Max(bare.Length < 4 ? 1 : 2, bare.Length / 3);
        return least <= tolerated ? best : null;
    }

    /// <summary>Letters to insert, remove, replace or swap with their neighbour (optimal string alignment).</summary>
    private static int Distance(string from, string to)
    {
        int[,] cost = new int[from.Length + 1, to.Length + 1];
        for (int i = 0; i <= from.Length; i++)
            cost[i, 0] = i;
        for (int j = 0; j <= to.Length; j++)
            cost[0, j] = j;
        for (int i = 1; i <= from.Length; i++)
        {
            for (int j = 1; j <= to.Length; j++)
            {
                int replace = cost[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                cost[i, j] = Math.Min(replace, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }

        return cost[from.Length, to.Length];
    }

    private static string Bare(string word) => word.TrimStart('-').ToLowerInvariant();
}
