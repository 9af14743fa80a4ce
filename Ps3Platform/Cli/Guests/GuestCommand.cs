using System.CommandLine;
using System.Globalization;

using Ps3Platform.Cli.Options;
using Ps3Platform.Cli.Shell;
using Ps3Platform.Machine.Configuration.Kinds;

namespace Ps3Platform.Cli.Guests;

/// <summary><c>ps3 guest</c>: builds a Linux for the machine, and says what has been built.</summary>
internal static class GuestCommand
{
    private const string HowToBuild = "\"ps3 guest build\" builds it";

    public static Command Create() => new(
        "guest",
        "Build a Linux to boot, and list what has been built.\n\n"
        + "Kernel, initial RAM disk and a root disk with ssh come from Debian's source packages, by Debian's cross compilers.\n"
        + "\"ps3 boot linux\" boots the result.\n\n"
        + "Examples:\n"
        + "  ps3 guest build\n"
        + "  ps3 boot linux --net user,hostfwd=tcp:127.0.0.1:2222-:22\n"
        + "  ssh -i $(ps3 guest path id_ed25519) -p 2222 root@127.0.0.1")
    {
        CreateBuild(),
        CreateList(),
        CreatePath(),
        CreateClean(),
    };

    private static Command CreateBuild()
    {
        var part = new Setting<string>(
            "--only", new ChoiceKind<string>(("kernel", "kernel"), ("initramfs", "initramfs"), ("disk", "disk")),
            "Build one of the three parts; without it all.");
        var variant = new Setting<string>(
            "--variant", new ChoiceKind<string>(("ps3", "ps3"), ("debug", "debug")),
            "ps3: the network driver is built in, console on the screen; debug: console as text, without the network driver.", "ps3");
        var jobs = new Setting<ulong>(
            "--jobs", new NumberKind(1, 1024), "Compilers at a time; without it as many as there are processors.");
        var command = new Command(
            "build",
            "Build Linux in guests/linux of the checkout.\n\n"
            + "Names the packages that are missing before it starts. A build that was broken off goes on where it stopped.\n"
            + "The kernel takes 10 to 30 minutes and 3 GB; initramfs and disk take minutes.") { part, variant, jobs };
        command.SetAction(parsed => Failures.Guard(() =>
        {
            if (BuiltLinux.FindScript() is not { } found)
                throw new UsageException("guest build: no checkout with firmware-stubs/linux/build.sh here; run it in the source tree.");
            List<string> arguments = ["--variant", variant.Read(parsed), "--out", found.Result.Folder];
            if (part.TryRead(parsed, out string? only))
                arguments.AddRange(["--only", only]);
            if (jobs.TryRead(parsed, out ulong count))
                arguments.AddRange(["--jobs", count.ToString(CultureInfo.InvariantCulture)]);
            return BuildScript.Run(found.Script, arguments);
        }));
        return command;
    }

    private static Command CreateList()
    {
        var command = new Command("list", "List what has been built, with sizes.");
        command.SetAction(_ => Failures.Guard(() =>
        {
            if (BuiltLinux.Find() is not { } built)
            {
                Terminal.Note($"nothing has been built; {HowToBuild}");
                return ExitCode.Success;
            }

            Console.WriteLine(built.Folder);
            foreach ((string file, string description) in BuiltLinux.Files)
            {
                var made = new FileInfo(built.PathOf(file));
                if (made.Exists)
                    Console.WriteLine($"  {file,-18} {made.Length / 1e6,8:0.0} MB  {made.LastWriteTime:yyyy-MM-dd HH:mm}  {description}");
            }

            return ExitCode.Success;
        }));
        return command;
    }

    private static Command CreatePath()
    {
        var file = new Operand<string?>(
            "FILE")
        { Description = "One of the files of \"ps3 guest list\"; nothing: the folder.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("path", "Print where a built file is, for scripts.") { file };
        command.SetAction(parsed => Failures.Guard(() =>
        {
            if (BuiltLinux.Find() is not { } built)
                throw new UsageException($"guest path: nothing has been built; {HowToBuild}.");
            string? name = parsed.GetValue(file);
            if (name is not null && (BuiltLinux.Files.All(known => known.File != name) || !File.Exists(built.PathOf(name))))
                throw new UsageException($"{name}: no such file has been built; \"ps3 guest list\" shows them.");
            Console.WriteLine(name is null ? built.Folder : built.PathOf(name));
            return ExitCode.Success;
        }));
        return command;
    }

    private static Command CreateClean()
    {
        var all = new Flag("--all", "Also what was built, with the root disk and all that a guest has written to it.");
        var command = new Command("clean", "Delete sources and object files of the build, some 3 GB.") { all };
        command.SetAction(parsed => Failures.Guard(() =>
        {
            if (BuiltLinux.FindScript() is not { } found)
                throw new UsageException("guest clean: no checkout here; run it in the source tree.");
            string folder = parsed.GetValue(all) ? found.Result.Folder : found.Result.PathOf("work");
            if (!Directory.Exists(folder))
            {
                Terminal.Note($"{folder} is not there: nothing to delete");
                return ExitCode.Success;
            }

            Directory.Delete(folder, recursive: true);
            Terminal.Note($"{folder} deleted");
            return ExitCode.Success;
        }));
        return command;
    }
}
