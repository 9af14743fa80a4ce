using System.CommandLine;

using Ps3Platform.Cli.Options;
using Ps3Platform.Cli.Shell;
using Ps3Platform.Machine.Configuration.Kinds;

namespace Ps3Platform.Cli.Completion;

/// <summary><c>ps3 completion</c>: a script that lets a shell complete commands, options and values.</summary>
internal static class CompletionCommand
{
    private static readonly string[] Shells = ["bash", "zsh", "fish"];

    /// <summary>Makes the command.</summary>
    /// <param name="root">All commands, including this one, which the caller adds.</param>
    public static Command Create(RootCommand root)
    {
        var shell = new Operand<string>("SHELL") { Description = "bash, zsh or fish.", Shape = new JsonShape { Words = Shells } };
        var command = new Command(
            "completion",
            "Print a script that completes commands, options and their values in a shell.\n\n"
            + "Examples:\n"
            + "  source <(ps3 completion bash)\n"
            + "  ps3 completion fish > ~/.config/fish/completions/ps3.fish") { shell };
        command.SetAction(parsed => Failures.Guard(() =>
        {
            Console.Write(ScriptFor(parsed.GetValue(shell)!, CompletedCommand.Of(root)));
            return ExitCode.Success;
        }));
        return command;
    }

    private static string ScriptFor(string shell, CompletedCommand root) => shell switch
    {
        "bash" => BashScript.Of(root),
        "zsh" => ZshScript.Of(root),
        "fish" => FishScript.Of(root),
        _ => throw new UsageException($"{shell}: no such shell; give {string.Join(", ", Shells[..^1])} or {Shells[^1]}."),
    };
}
