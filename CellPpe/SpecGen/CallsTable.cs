using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace CellPpe.SpecGen;

/// <summary>One row of a *.calls table.</summary>
internal sealed class CallRow
{
    public CallRow(int number, string? name, IReadOnlyList<string> inputs, IReadOnlyList<string> outputs, string? service, string policy)
    {
        Number = number;
        Name = name;
        Inputs = inputs;
        Outputs = outputs;
        Service = service;
        Policy = policy;
    }

    public int Number { get; }

    /// <summary>Null for a slot nobody can describe.</summary>
    public string? Name { get; }

    public IReadOnlyList<string> Inputs { get; }

    public IReadOnlyList<string> Outputs { get; }

    /// <summary>Null when the call is known and answered "not implemented".</summary>
    public string? Service { get; }

    public string Policy { get; }
}

/// <summary>What is wrong with a line of a table; lines count from 0.</summary>
internal sealed class CallsError
{
    public CallsError(int line, string message)
    {
        Line = line;
        Message = message;
    }

    public int Line { get; }

    public string Message { get; }
}

/// <summary>A *.calls table: number, name, inputs, outputs, service, policy class, two or more spaces between columns.</summary>
internal sealed class CallsTable
{
    // Registers r3..r10 carry inputs, r4..r10 outputs.
    private const int MaxInputs = 8;
    private const int MaxOutputs = 7;
    private const int MaxNumber = 255;

    private static readonly Regex Columns = new(@"\s{2,}");
    private static readonly Regex Identifier = new("^[a-z][a-z0-9_]*$");
    private static readonly Regex ServiceName = new("^[A-Z][A-Za-z0-9]*$");

    private CallsTable(IReadOnlyList<CallRow> rows, IReadOnlyList<CallsError> errors)
    {
        Rows = rows;
        Errors = errors;
    }

    /// <summary>The good rows, by ascending number.</summary>
    public IReadOnlyList<CallRow> Rows { get; }

    public IReadOnlyList<CallsError> Errors { get; }

    public static CallsTable Parse(string text)
    {
        var rows = new SortedDictionary<int, CallRow>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var errors = new List<CallsError>();
        string[] lines = text.Replace("\r\n", "\n").Split('\n');
        for (int line = 0; line < lines.Length; line++)
        {
            string content = lines[line].Trim();
            if (content.Length == 0 || content[0] == '#')
                continue;
            CallRow? row = ParseRow(content, out string problem);
            if (row is null)
                errors.Add(new CallsError(line, problem));
            else if (rows.ContainsKey(row.Number))
                errors.Add(new CallsError(line, $"call number {row.Number} stands twice in the table"));
            else if (row.Name is not null && !names.Add(row.Name))
                errors.Add(new CallsError(line, $"call name '{row.Name}' stands twice in the table"));
            else
                rows.Add(row.Number, row);
        }

        return new CallsTable(rows.Values.ToList(), errors);
    }

    private static CallRow? ParseRow(string content, out string problem)
    {
        string[] columns = Columns.Split(content);
        problem = "";
        if (columns.Length != 6)
            problem = $"expected 6 columns with two or more spaces between them, found {columns.Length}";
        else if (!int.TryParse(columns[0], out int number) || number < 0 || number > MaxNumber)
            problem = $"'{columns[0]}' is no call number (0..{MaxNumber})";
        else
            return ParseFields(number, columns, ref problem);
        return null;
    }

    private static CallRow? ParseFields(int number, string[] columns, ref string problem)
    {
        string? name = columns[1] == "-" ? null : columns[1];
        string[] inputs = List(columns[2]);
        string[] outputs = List(columns[3]);
        string? service = columns[4] == "-" ? null : columns[4];
        string policy = columns[5];
        string? bad = inputs.Concat(outputs).Concat(name is null ? [] : [name]).Append(policy)
            .FirstOrDefault(word => !Identifier.IsMatch(word));
        if (bad is not null)
            problem = $"'{bad}' is no lower_case name";
        else if (service is not null && !ServiceName.IsMatch(service))
            problem = $"'{service}' is no service name";
        else if (name is null && (service is not null || inputs.Length + outputs.Length > 0))
            problem = "a slot without a name has no arguments and no service";
        else if (inputs.Length > MaxInputs)
            problem = $"{inputs.Length} inputs, but only r3..r10 carry them";
        else if (outputs.Length > MaxOutputs)
            problem = $"{outputs.Length} outputs, but only r4..r10 carry them";
        else if (inputs.Distinct().Count() != inputs.Length || outputs.Distinct().Count() != outputs.Length)
            problem = "an argument name stands twice";
        else
            return new CallRow(number, name, inputs, outputs, service, policy);
        return null;
    }

    private static string[] List(string column) =>
        column == "-" ? [] : column.Split([' '], StringSplitOptions.RemoveEmptyEntries);
}
