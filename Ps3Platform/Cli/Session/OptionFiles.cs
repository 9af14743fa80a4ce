using Ps3Platform.Cli.Files;
using Ps3Platform.Cli.Shell;
using Ps3Platform.Host.Files;
using Ps3Platform.Loaders;
using Ps3Platform.Machine.Configuration;

namespace Ps3Platform.Cli.Session;

/// <summary>Opens the files that options name. Messages name the option as the user gave it.</summary>
/// <param name="options">The options, and where each was given.</param>
internal sealed class OptionFiles(SourcedOptions options) : IOptionFiles
{
    /// <inheritdoc/>
    public Guest OpenGuest(string? kernel)
    {
        // An operand has no name; a file's kernel has a place.
        OptionField field = MachineSchema.Fields.Single(static field => field.IsOperand);
        string place = options.PlaceOf(field.Name);
        return GuestFiles.Open(kernel, place == field.Placeholder ? null : place, hasSerial: options.Options.Serial is not null);
    }

    /// <inheritdoc/>
    public ImageFile Read(string option, string path, string wanted) => InputFiles.Read(path, options.PlaceOf(option), wanted);

    /// <summary>Reads the options of a JSON file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="place">The option as messages name it, or null for an operand.</param>
    /// <param name="into">Receives the options.</param>
    /// <exception cref="UsageException">The file cannot be read.</exception>
    /// <exception cref="ConfigurationException">Its contents are not valid options.</exception>
    public static void ReadConfiguration(string path, string? place, SourcedOptions into)
    {
        ImageFile file = InputFiles.Read(path, place, "a JSON file of options, such as { \"memory\": \"256M\" }");
        // A pipe has no folder to which relative paths could refer.
        string folder = FileKinds.Of(path) == FileKind.Regular ? Path.GetDirectoryName(path) ?? "" : "";
        ConfigurationFile.Read(file.Bytes.Span, path, into, folder);
    }
}
