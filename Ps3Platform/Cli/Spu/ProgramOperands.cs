using System.CommandLine;

namespace Ps3Platform.Cli.Spu;

/// <summary>
/// Commands that run a program end their own options at its name, as env and strace do: what follows is the program's, dashes or not.
/// </summary>
internal static class ProgramOperands
{
    /// <summary>Puts the "--" in front of the program's name that a person does not want to write.</summary>
    public static string[] Separate(RootCommand root, string[] arguments)
    {
        if (arguments.Length < 3 || arguments[0] != "spu" || arguments[1] is not ("run" or "trace"))
            return arguments;
        Command command = root.Subcommands.Single(static one => one.Name == "spu").Subcommands.Single(one => one.Name == arguments[1]);
        for (int at = 2; at < arguments.Length; at++)
        {
            string text = arguments[at];
            if (!text.StartsWith('-'))
                return [.. arguments[..at], "--", .. arguments[at..]];
            string name = text.Split('=')[0];
            Option? option = command.Options.FirstOrDefault(one => one.Name == name || one.Aliases.Contains(name));
            if (name is "--" or "--help" or "-h" or "-?")
                return arguments;
            // Else it would be taken for the program.
            if (option is null)
                throw new UsageException($"{name}: no such option; \"ps3 spu {command.Name} --help\" lists them.");
            if (option.ValueType != typeof(bool) && name == text)
                at++;
        }

        return arguments;
    }
}
