using System.Text;
using System.Text.Json.Nodes;

using Ps3Platform.Monitor.Commands;
using Ps3Platform.Monitor.Control;

namespace Ps3Platform.Monitor.Protocols;

/// <summary>Lines for people, as of QEMU's human monitor. A line that ends with a tabulator asks how it may go on.</summary>
public sealed class LineSession(CommandTable commands, IMachineControl machine) : IMonitorSession
{
    private const string Prompt = "(ps3) ";
    private const string NewLine = "\r\n";

    /// <inheritdoc/>
    public int LongestLine => 4096;

    /// <inheritdoc/>
    public string Greeting => $"ps3 monitor; \"help\" lists the commands{NewLine}{Prompt}";

    /// <summary>Carries out a line.</summary>
    /// <returns>What a person is shown: a line each, without a prompt.</returns>
    public static IEnumerable<string> Execute(CommandTable commands, IMachineControl machine, string line)
    {
        ArgumentNullException.ThrowIfNull(commands);
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(line);
        try
        {
            if (line.EndsWith('\t'))
                return commands.Complete(line[..^1]);
            IReadOnlyList<string> words = CommandLineWords.Split(line);
            if (words.Count == 0)
                return [];
            MonitorCommand command = commands.Find(words, out int count);
            JsonNode? result = command.Run(machine, CommandLineWords.Read(command, [.. words.Skip(count)]));
            return result is null ? [] : [.. command.Show(result)];
        }
        catch (MonitorException e)
        {
            return [$"Error: {e.Message}"];
        }
    }

    /// <inheritdoc/>
    public string Answer(string line) => Write(Execute(commands, machine, line));

    /// <inheritdoc/>
    public string Refuse(string problem) => Write([$"Error: {problem}."]);

    /// <summary>A person is told of nothing unasked: it would stand in the middle of a line.</summary>
    public string Tell(MachineEvent happened) => "";

    private static string Write(IEnumerable<string> lines)
    {
        var text = new StringBuilder();
        foreach (string line in lines)
            text.Append(line).Append(NewLine);
        return text.Append(Prompt).ToString();
    }
}
