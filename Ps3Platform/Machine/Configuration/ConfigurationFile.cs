using System.Text;
using System.Text.Json;

using Ps3Platform.Machine.Configuration.Kinds;

namespace Ps3Platform.Machine.Configuration;

/// <summary>
/// Reads options from JSON: one object whose keys are the options' names and whose values are written as on the command line, units
/// included. Comments and trailing commas are allowed; an unknown or repeated key is an error. The text is untrusted: every error in it
/// is reported as a <see cref="ConfigurationException"/> with line and column.
/// </summary>
public static class ConfigurationFile
{
    /// <summary>Size of the largest file that is accepted, in bytes. All options together take some kilobytes.</summary>
    public const int MaximumBytes = 1 << 20;

    /// <summary>The key in which editors find the schema; its value is ignored.</summary>
    internal const string SchemaKey = "$schema";

    // Options do not nest; one more level lets the reader name the key of a nested value in its message.
    private const int MaximumDepth = 4;

    /// <summary>Reads a file's options and sets them.</summary>
    /// <param name="json">The file's bytes, UTF-8.</param>
    /// <param name="name">What messages call the file.</param>
    /// <param name="options">Receives the values.</param>
    /// <param name="folder">The folder to which relative paths in the file refer; empty for the working directory.</param>
    /// <exception cref="ConfigurationException">It is not JSON, or an option is unknown, given twice, or has an invalid value.</exception>
    public static void Read(ReadOnlySpan<byte> json, string name, SourcedOptions options, string folder = "")
    {
        ArgumentNullException.ThrowIfNull(options);
        ReadOnlySpan<byte> mark = Encoding.UTF8.Preamble;
        if (json.StartsWith(mark))
            json = json[mark.Length..];
        if (json.Length > MaximumBytes)
        {
            throw new ConfigurationException(
                $"{name}: is larger than {MaximumBytes >> 20} MiB; give a file of options, such as {{ \"memory\": \"256M\" }}.");
        }

        var text = new SourceText(json, name);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions
        {
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
            MaxDepth = MaximumDepth,
        });
        try
        {
            ReadObject(ref reader, text, options, folder);
        }
        catch (JsonException e)
        {
            throw text.Refuse(e);
        }
    }

    private static void ReadObject(ref Utf8JsonReader reader, SourceText text, SourcedOptions options, string folder)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw text.Refuse(reader.TokenStartIndex, "the file is not an object; write { \"memory\": \"256M\" }");
        // Paths are relative to the options file, so that it can be moved together with the files it names.
        PathChange? paths = folder.Length == 0 ? null : PathChange.From(folder);
        var seen = new Dictionary<string, int>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            long offset = reader.TokenStartIndex;
            string key = ReadString(ref reader, text);
            (int line, _) = text.Position(offset);
            if (!seen.TryAdd(key, line))
                throw text.Refuse(offset, $"{SourcedOptions.Shown(key)}: it is given in line {seen[key]} already; give it once");
            OptionField? field = MachineSchema.Find(key);
            if (field is null && key != SchemaKey)
                throw text.Refuse(offset, Unknown(key));
            reader.Read();
            if (field is not null)
                options.Set(field, ReadValue(ref reader, text, field), $"{text.Place(reader.TokenStartIndex)}: {field.Name}", paths);
            else if (reader.TokenType != JsonTokenType.String)
                throw text.Refuse(reader.TokenStartIndex, $"{SchemaKey}: give a string, or leave it out");
        }

        // Throws a JsonException if anything except blanks and comments follows the object.
        reader.Read();
    }

    private static string ReadValue(ref Utf8JsonReader reader, SourceText text, OptionField field)
    {
        JsonShape shape = field.Shape;
        switch (reader.TokenType)
        {
            case JsonTokenType.String when shape.IsString:
                return ReadString(ref reader, text);
            case JsonTokenType.Number when shape.IsNumber:
                return Encoding.ASCII.GetString(reader.ValueSpan);
            case JsonTokenType.True when shape.IsBoolean:
                return "true";
            case JsonTokenType.False when shape.IsBoolean:
                return "false";
            case JsonTokenType.Null:
                throw text.Refuse(
                    reader.TokenStartIndex, $"{field.Name}: null is no value; leave the key out for the default, or give {Wanted(field)}");
            default:
                throw text.Refuse(
                    reader.TokenStartIndex, $"{field.Name}: {Describe(reader.TokenType)} is no value for it; give {Wanted(field)}");
        }
    }

    private static string ReadString(ref Utf8JsonReader reader, SourceText text)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, or bytes that are not UTF-8.
            throw text.Refuse(reader.TokenStartIndex, "the string is no valid Unicode; save the file as UTF-8");
        }
    }

    private static string Unknown(string key)
    {
        IEnumerable<string> names = MachineSchema.Fields.SelectMany(static field => (IEnumerable<string>)[field.Name, .. field.Aliases]);
        string? near = Suggestions.Nearest(key, names.Append(SchemaKey));
        // Aliases are valid on the command line only.
        near = MachineSchema.Fields.FirstOrDefault(field => near is not null && field.Aliases.Contains(near))?.Name ?? near;
        string shown = SourcedOptions.Shown(key);
        return near is null ? $"{shown}: no such option; \"ps3 help boot\" lists the options, without their dashes"
            : $"{shown}: no such option; did you mean {near}?";
    }

    private static string Describe(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "a truth value",
        _ => "this",
    };

    private static string Wanted(OptionField field)
    {
        JsonShape shape = field.Shape;
        string words = string.Join(", ", shape.Words.Select(static word => $"\"{word}\""));
        if (shape.IsBoolean)
            return "true or false";
        if (shape.IsPath)
            return "a path in quotes";
        if (shape.Words.Count > 0)
            return $"one of {words}";
        string form = (shape.IsNumber, shape.IsString) switch
        {
            (true, true) => $"a number, or {field.Placeholder} in quotes",
            (true, false) => "a number",
            _ => $"{field.Placeholder} in quotes",
        };
        return field.Range is null ? form : $"{form} ({field.Range})";
    }

    /// <summary>A file's text, for messages about places in it.</summary>
    private readonly ref struct SourceText(ReadOnlySpan<byte> bytes, string name)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;

        /// <summary>Line and column of an offset, both from 1; columns count characters.</summary>
        public (int Line, int Column) Position(long offset)
        {
            ReadOnlySpan<byte> before = _bytes[..(int)Math.Clamp(offset, 0, _bytes.Length)];
            int start = before.LastIndexOf((byte)'\n') + 1;
            return (before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[start..]) + 1);
        }

        /// <summary>An offset as messages show it: <c>machine.json:3:13</c>.</summary>
        public string Place(long offset)
        {
            (int line, int column) = Position(offset);
            return $"{name}:{line}:{column}";
        }

        public ConfigurationException Refuse(long offset, string problem) =>
            new($"{Place(offset)}: {problem}{(problem.EndsWith('?') ? "" : ".")}");

        /// <summary>Converts an error of the JSON reader, whose message ends with the line and the byte in it, both from 0.</summary>
        public ConfigurationException Refuse(JsonException error)
        {
            long line = error.LineNumber ?? 0;
            int start = 0;
            for (long passed = 0; passed < line; passed++)
                start += _bytes[start..].IndexOf((byte)'\n') + 1;
            string reason = error.Message.Split(" LineNumber:", 2)[0].TrimEnd('.');
            return Refuse(start + (error.BytePositionInLine ?? 0), $"not JSON: {SourcedOptions.Printable(reason)}");
        }
    }
}
