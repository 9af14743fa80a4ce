using System.Globalization;
using System.Text;

using Ps3Platform.Cli.Shell;
using Ps3Platform.Machine.Configuration.Kinds;

namespace Ps3Platform.Cli.Dialogues;

/// <summary>
/// The files of <c>--expect</c>: a step a line, such as <c>wait for login:</c>. Empty lines and those that begin with # are skipped. A text
/// is the rest of its line, or stands in double quotes, with escapes as in C.
/// </summary>
internal static class DialogueFile
{
    /// <summary>Size of the largest file that is accepted, in bytes.</summary>
    public const int MaximumBytes = 1 << 20;

    private const string Forms = "give wait for TEXT, send TEXT, type TEXT, fail on TEXT, within TIME, break or quit";

    private static readonly (string Words, DialogueVerb Verb, bool HasText)[] Verbs =
    [
        ("wait for", DialogueVerb.WaitFor, true), ("send", DialogueVerb.Type, true), ("type", DialogueVerb.Type, true),
        ("fail on", DialogueVerb.FailOn, true), ("within", DialogueVerb.Within, true), ("break", DialogueVerb.Break, false),
        ("quit", DialogueVerb.Quit, false),
    ];

    private static readonly TimeKind Times = new();

    /// <summary>Reads a dialogue.</summary>
    /// <param name="file">The file's bytes, UTF-8.</param>
    /// <param name="name">What messages call the file.</param>
    /// <exception cref="UsageException">A line is none of a dialogue; the message has its number.</exception>
    public static IReadOnlyList<DialogueStep> Read(ReadOnlySpan<byte> file, string name)
    {
        if (file.Length > MaximumBytes)
            throw new UsageException($"{name}: is larger than {MaximumBytes >> 20} MiB; give steps, such as \"wait for login:\".");
        if (file.StartsWith(Encoding.UTF8.Preamble))
            file = file[Encoding.UTF8.Preamble.Length..];
        string[] lines = Encoding.UTF8.GetString(file).Split('\n');
        List<DialogueStep> steps = [];
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Length > 0 && line[0] != '#')
                steps.Add(ReadLine(line, i + 1, name));
        }

        return steps.Exists(static step => step.Verb is DialogueVerb.WaitFor or DialogueVerb.Type or DialogueVerb.FailOn) ? steps
            : throw new UsageException($"{name}: has no step that waits or sends; {Forms}, a line each.");
    }

    private static DialogueStep ReadLine(string line, int number, string name)
    {
        UsageException Refuse(string problem) => new($"{name}:{number}: {problem}.");
        foreach ((string words, DialogueVerb verb, bool hasText) in Verbs)
        {
            if (!line.StartsWith(words, StringComparison.Ordinal) || (line.Length > words.Length && !char.IsWhiteSpace(line[words.Length])))
                continue;
            string rest = line[words.Length..].Trim();
            if (!hasText)
                return rest.Length == 0 ? new DialogueStep(verb, number, []) : throw Refuse($"{words} takes nothing behind it");
            if (verb == DialogueVerb.Within)
            {
                return Times.TryRead(rest, out TimeSpan limit, out string? wrong) ? new DialogueStep(verb, number, [], limit)
                    : throw Refuse($"within {rest}: {wrong}");
            }

            if (!TryReadText(rest, out byte[] text, out string? problem))
                throw Refuse($"{words}: {problem}");
            // Enter is a carriage return: the guest's terminal driver makes a line feed of it.
            bool hasEnter = words == "send";
            return text.Length > 0 || hasEnter ? new DialogueStep(verb, number, hasEnter ? [.. text, (byte)'\r'] : text)
                : throw Refuse($"{words}: a text is missing behind it");
        }

        string first = line.Split(' ', 2)[0];
        string? near = Suggestions.Nearest(first, Verbs.Select(static one => one.Words.Split(' ')[0]));
        string meant = near is null ? "" : $" did you mean {Verbs.First(one => one.Words.Split(' ')[0] == near).Words}?";
        throw Refuse($"{first}: no such step;{meant} {char.ToUpperInvariant(Forms[0])}{Forms[1..]}");
    }

    private static bool TryReadText(string rest, out byte[] text, out string? problem)
    {
        problem = null;
        if (rest.Length == 0 || rest[0] != '"')
        {
            text = Encoding.UTF8.GetBytes(rest);
            return true;
        }

        List<byte> bytes = [];
        text = [];
        int at = 1;
        for (; at < rest.Length && rest[at] != '"'; at++)
        {
            if (rest[at] != '\\')
            {
                int length = char.IsHighSurrogate(rest[at]) && at + 1 < rest.Length ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(rest.Substring(at, length)));
                at += length - 1;
            }
            else if (!TryReadEscape(rest, ref at, bytes))
            {
                problem = "an unknown escape; there are \\r, \\n, \\t, \\e, \\\\, \\\" and \\xNN";
                return false;
            }
        }

        if (at >= rest.Length)
            problem = "the quotation mark at the end is missing";
        else if (at + 1 < rest.Length)
            problem = $"there is something behind the quotation mark: {rest[(at + 1)..].Trim()}";
        text = [.. bytes];
        return problem is null;
    }

    // at: of the backslash; then of the last character that belongs to the escape.
    private static bool TryReadEscape(string rest, ref int at, List<byte> bytes)
    {
        const string Letters = "rnte\\\"";
        const string Values = "\r\n\t\e\\\"";
        char letter = ++at < rest.Length ? rest[at] : '\0';
        if (letter == 'x' && at + 2 < rest.Length
            && byte.TryParse(rest.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
        {
            bytes.Add(value);
            at += 2;
            return true;
        }

        int known = Letters.IndexOf(letter, StringComparison.Ordinal);
        if (known < 0)
            return false;
        bytes.Add((byte)Values[known]);
        return true;
    }
}
