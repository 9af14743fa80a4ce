using System.CommandLine;

using Ps3Platform.Cli.Files;
using Ps3Platform.Cli.Options;
using Ps3Platform.Cli.Session;
using Ps3Platform.Cli.Shell;
using Ps3Platform.Devices.Blocks;
using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Flash;
using Ps3Platform.Machine.Configuration;
using Ps3Platform.Machine.Configuration.Kinds;

namespace Ps3Platform.Cli.Commands;

/// <summary><c>ps3 flash</c>: the settings and the boot image in a file that <c>ps3 boot --flash</c> uses.</summary>
internal static class FlashCommand
{
    private const string Image = "image";
    private const string None = "none";

    public static Command Create() => new(
        "flash",
        "Show or change what a flash holds: the console's settings, the guests' database and the boot image. \"ps3 boot --flash FILE\" "
        + "makes a new one, and boots the image in it when no KERNEL is named.\n\n"
        + "Names:\n"
        + string.Concat(OsAreaFields.All.Select(static field => $"  {field.Name,-18}{field.Help}\n"))
        + $"  {Image,-18}boot image: a kernel as it is or packed with gzip, or none\n\n"
        + "Examples:\n"
        + "  ps3 flash show flash.bin\n"
        + "  ps3 flash set flash.bin image=otheros.bld boot-flag=other-os\n"
        + "  ps3 flash get flash.bin image > otheros.bld")
    {
        CreateShow(),
        CreateGet(),
        CreateSet(),
    };

    private static Command CreateShow()
    {
        Operand<string> file = FileOperand();
        var command = new Command(
            "show", "Print all settings of a flash, as \"ps3 flash set\" takes them.\n\nExample:\n  ps3 flash show flash.bin") { file };
        command.SetAction(parsed => Failures.Guard(() =>
        {
            FlashImage flash = Read(parsed.GetValue(file)!);
            foreach (OsAreaField field in OsAreaFields.All)
                Console.WriteLine($"{field.Name}={field.Get(flash)}");
            Console.WriteLine(flash.BootImage is { } image
                ? $"{Image}: {image.Bytes.Length} bytes of {flash.Room}{(flash.IsBootImagePacked ? ", gzip" : "")}" : $"{Image}={None}");
            return ExitCode.Success;
        }));
        return command;
    }

    private static Command CreateGet()
    {
        Operand<string> file = FileOperand();
        var name = new Operand<string>("NAME") { Description = "A name that \"ps3 flash show\" prints.", Shape = NamesShape() };
        var command = new Command(
            "get",
            "Print one setting of a flash; \"image\" writes the boot image to standard output.\n\n"
            + "Example:\n  ps3 flash get flash.bin boot-flag") { file, name };
        command.SetAction(parsed => Failures.Guard(() =>
        {
            string asked = parsed.GetValue(name)!;
            OsAreaField? field = asked == Image ? null : FieldOf(asked);
            FlashImage flash = Read(parsed.GetValue(file)!);
            if (field is not null)
            {
                Console.WriteLine(field.Get(flash));
                return ExitCode.Success;
            }

            ImageFile image = flash.BootImage
                ?? throw new ImageFormatException(
                    flash.File.Name, FlashImage.LoaderSizeOffset,
                    "The flash holds no boot image; write: ps3 flash set FILE image=otheros.bld.");
            using Stream output = Console.OpenStandardOutput();
            output.Write(image.Bytes.Span);
            return ExitCode.Success;
        }));
        return command;
    }

    private static Command CreateSet()
    {
        Operand<string> file = FileOperand();
        var changes = new Operand<string[]>("NAME=VALUE")
        {
            Description = "What to change; several at once are changed together or not at all.",
            Arity = ArgumentArity.OneOrMore,
            Shape = NamesShape(),
        };
        var command = new Command(
            "set",
            "Change settings of a flash that no machine uses.\n\n"
            + "Example:\n  ps3 flash set flash.bin image=otheros.bld video-mode=2") { file, changes };
        command.SetAction(parsed => Failures.Guard(() =>
        {
            string path = parsed.GetValue(file)!;
            using IBlockBackend backend = FlashFile.Open(path, null, isReadOnly: false, out FlashImage flash);
            foreach (string change in parsed.GetValue(changes)!)
                Apply(flash, change);
            FlashFile.Write(backend, flash);
            return ExitCode.Success;
        }));
        return command;
    }

    private static void Apply(FlashImage flash, string change)
    {
        int equals = change.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
            throw new UsageException($"{change}: a value is missing; write {change}=VALUE.");
        string name = change[..equals];
        string value = change[(equals + 1)..];
        if (name == Image)
            flash.SetBootImage(value == None ? null : InputFiles.Read(value, Image, "a kernel, or none"));
        else if (!FieldOf(name).TrySet(flash, value, out string? problem))
            throw new UsageException($"{change}: {problem}.");
    }

    private static FlashImage Read(string path)
    {
        FlashFile.Open(path, null, isReadOnly: true, out FlashImage flash).Dispose();
        return flash;
    }

    private static OsAreaField FieldOf(string name)
    {
        if (OsAreaFields.Find(name) is { } field)
            return field;
        string hint = Suggestions.Nearest(name, Names()) is { } near ? $"did you mean {near}? " : "";
        throw new UsageException($"{name}: no such setting; {hint}\"ps3 help flash\" lists them.");
    }

    private static IEnumerable<string> Names() => [.. OsAreaFields.All.Select(static field => field.Name), Image];

    private static JsonShape NamesShape() => new() { Words = [.. Names()] };

    private static Operand<string> FileOperand() => new("FILE") { Description = "The flash." };
}
