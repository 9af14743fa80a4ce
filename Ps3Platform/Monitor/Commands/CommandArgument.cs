namespace Ps3Platform.Monitor.Commands;

/// <summary>How an argument is written on a line.</summary>
public enum ArgumentForm
{
    /// <summary>One word, in quotation marks if it has blanks.</summary>
    Word,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>Names of keys with hyphens between them; in JSON a list of objects with "type" and "data", as QEMU has them.</summary>
    Keys,

    /// <summary>All words that are left.</summary>
    Rest,

    /// <summary>A flag such as -f, before the other arguments; true or false in JSON.</summary>
    Flag,

    /// <summary>NAME[,KEY=VALUE]...; in JSON NAME has the argument's name, and the pairs are members beside it.</summary>
    Properties,
}

/// <summary>An argument of a command.</summary>
/// <param name="Name">Its name in JSON; in capitals its place on a help page.</param>
/// <param name="Form">How it is written.</param>
/// <param name="IsOptional">It may be left out.</param>
public sealed record CommandArgument(string Name, ArgumentForm Form = ArgumentForm.Word, bool IsOptional = false)
{
    /// <summary>Its letter on a line: "f" for -f. Of flags only.</summary>
    public string Letter => Name[..1];

    /// <summary>How a help page shows it.</summary>
    public string Shown
    {
        get
        {
            string place = Form switch
            {
                ArgumentForm.Flag => $"-{Letter}",
                ArgumentForm.Properties => $"{Name.ToUpperInvariant()}[,id=ID][,KEY=VALUE]...",
                _ => Name.ToUpperInvariant(),
            };
            return IsOptional ? $"[{place}]" : place;
        }
    }
}
