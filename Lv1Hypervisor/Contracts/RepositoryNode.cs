using System.Globalization;

namespace Lv1Hypervisor.Contracts;

/// <summary>The four 64-bit fields that name a repository node (repository.md 1).</summary>
public readonly record struct RepositoryKey(ulong N1, ulong N2 = 0, ulong N3 = 0, ulong N4 = 0)
{
    private const int MaxFields = 4;
    private const int MaxText = 8;

    /// <summary>
    /// Parses a key from its written form: <c>bus0/dev2/region3/size</c>. Each part is a text of at most eight characters followed
    /// by an index, or a number alone.
    /// </summary>
    /// <exception cref="FormatException">There are more than four parts, or one is too long.</exception>
    public static RepositoryKey Parse(string path)
    {
        string[] parts = path.Split('/');
        if (parts.Length > MaxFields)
            throw new FormatException($"Repository node '{path}' has more than {MaxFields} parts.");
        Span<ulong> fields = stackalloc ulong[MaxFields];
        fields.Clear();
        for (int i = 0; i < parts.Length; i++)
            fields[i] = Field(parts[i], isFirst: i == 0, path);
        return new RepositoryKey(fields[0], fields[1], fields[2], fields[3]);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{N1:x16}/{N2:x16}/{N3:x16}/{N4:x16}";

    private static ulong Field(string part, bool isFirst, string path)
    {
        string text = part.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        string digits = part[text.Length..];
        ulong index = digits.Length == 0 ? 0 : ulong.Parse(digits, CultureInfo.InvariantCulture);
        if (text.Length > MaxText || (text.Length == MaxText && index != 0))
            throw new FormatException($"Part '{part}' of repository node '{path}' has no room for its text and index.");
        ulong value = 0;
        for (int i = 0; i < text.Length; i++)
            value |= (ulong)(byte)text[i] << (56 - (8 * i));
        // The first field keeps only four characters, in its low half: the high half is a vendor bit.
        return (isFirst ? value >> 32 : value) + index;
    }
}

/// <summary>A repository node with its two values.</summary>
/// <param name="Partition"><see cref="Lpar.MachineId"/> or <see cref="Lpar.Id"/>.</param>
/// <param name="Key">Its name.</param>
/// <param name="V1">First value.</param>
/// <param name="V2">Second value.</param>
public readonly record struct RepositoryNode(ulong Partition, RepositoryKey Key, ulong V1, ulong V2 = 0)
{
    /// <summary>A node about the machine.</summary>
    public static RepositoryNode Machine(string path, ulong v1, ulong v2 = 0) => new(Lpar.MachineId, RepositoryKey.Parse(path), v1, v2);

    /// <summary>A node about the partition.</summary>
    public static RepositoryNode Own(string path, ulong v1, ulong v2 = 0) => new(Lpar.Id, RepositoryKey.Parse(path), v1, v2);
}
