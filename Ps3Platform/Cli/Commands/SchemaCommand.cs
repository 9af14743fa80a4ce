using System.CommandLine;

using Ps3Platform.Cli.Shell;
using Ps3Platform.Machine.Configuration;

namespace Ps3Platform.Cli.Commands;

/// <summary><c>ps3 schema</c>: the JSON schema of the files that <c>--config</c> reads.</summary>
internal static class SchemaCommand
{
    public static Command Create()
    {
        var command = new Command(
            "schema",
            "Print the JSON schema of the files that --config reads. Editors complete and check such files with it.\n\n"
            + "Example:\n"
            + "  ps3 schema > ps3.schema.json");
        command.SetAction(static _ => Failures.Guard(static () =>
        {
            Console.Write(ConfigurationWriter.WriteSchema());
            return ExitCode.Success;
        }));
        return command;
    }
}
