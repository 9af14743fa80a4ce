using Ps3Platform.Loaders;

namespace Ps3Platform.Machine.Configuration;

/// <summary>A kernel to boot, with its initial RAM disk and command line.</summary>
/// <param name="Kernel">The kernel file.</param>
/// <param name="Initrd">Path of the initial RAM disk that was built with it, or null.</param>
/// <param name="CommandLine">The command line to use unless another is given, or null.</param>
public sealed record Guest(ImageFile Kernel, string? Initrd = null, string? CommandLine = null);

/// <summary>Opens the files that options name.</summary>
public interface IOptionFiles
{
    /// <summary>The guest that <see cref="MachineOptions.Kernel"/> names.</summary>
    Guest OpenGuest(string? kernel);

    /// <summary>The file that an option names.</summary>
    /// <param name="option">The option's name, without dashes, for messages.</param>
    /// <param name="path">The file.</param>
    /// <param name="wanted">The expected kind of file, for messages: "a device tree blob".</param>
    ImageFile Read(string option, string path, string wanted);
}

/// <summary>Files of the host, for programs that use this library. There is no built-in guest.</summary>
public sealed class HostOptionFiles : IOptionFiles
{
    /// <inheritdoc/>
    public Guest OpenGuest(string? kernel) => kernel is null
        ? throw new ConfigurationException("kernel: none is given; give the path of a vmlinux, dtbImage.ps3 or otheros.bld.")
        : new Guest(Read("kernel", kernel, "a vmlinux, dtbImage.ps3 or otheros.bld"));

    /// <inheritdoc/>
    public ImageFile Read(string option, string path, string wanted)
    {
        try
        {
            return ImageFile.Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ConfigurationException($"{option} {SourcedOptions.Shown(path)}: {e.Message} Give {wanted} that can be read.");
        }
    }
}
