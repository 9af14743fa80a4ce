using System.CommandLine;

using Ps3Platform.Cli.Options;
using Ps3Platform.Cli.Session;
using Ps3Platform.Cli.Shell;
using Ps3Platform.Machine.Configuration;
using Ps3Platform.Machine.Configuration.Kinds;

namespace Ps3Platform.Cli.Commands;

/// <summary><c>ps3 run</c>: runs the machine that a JSON file describes.</summary>
internal sealed class RunCommand
{
    private readonly BootOptions _boot = new();
    private readonly Operand<string?> _file = new("FILE")
    {
        Description = "The machine: a JSON object with the options of \"ps3 boot\" by their names, without dashes, and kernel. Comments "
            + "are allowed; relative paths begin at the file's folder.",
        Arity = ArgumentArity.ZeroOrOne,
        Shape = new JsonShape { IsPath = true },
    };
    private readonly Flag _schema = new("--schema", "Print the JSON schema of such files, with which editors complete and check them.");

    public static Command Create()
    {
        var run = new RunCommand();
        var command = new Command(
            "run",
            "Run the machine that a JSON file describes. Options of the command line win over the file's.\n\n"
            + "\"ps3 boot\" with --save writes such a file. Keys, exit codes and signals are those of \"ps3 boot\".\n\n"
            + "Examples:\n"
            + "  ps3 boot linux --memory 512M --net user --save machine.json\n"
            + "  ps3 run machine.json\n"
            + "  ps3 run machine.json --web 8080\n"
            + "  ps3 run --schema > ps3.schema.json");
        command.Arguments.Add(run._file);
        command.Options.Add(run._schema);
        run._boot.AddOptionsTo(command);
        command.SetAction(parsed => Failures.Guard(() => run.Run(parsed)));
        return command;
    }

    private int Run(ParseResult parsed)
    {
        if (parsed.GetValue(_schema))
        {
            Console.Write(ConfigurationWriter.WriteSchema());
            return ExitCode.Success;
        }

        string file = parsed.GetValue(_file) ?? throw new UsageException(
            "FILE is missing: a JSON file that describes the machine. \"ps3 boot\" with --save FILE writes one.");
        return _boot.Run(parsed, file: file);
    }
}
