using System.Globalization;

using Ps3Platform.Cli.Shell;
using Ps3Platform.Loaders.Boot;
using Ps3Platform.Loaders.Elf;

namespace Ps3Platform.Cli.Session;

/// <summary>A place in a kernel's code as a user names it.</summary>
internal static class KernelPlace
{
    /// <summary>Converts a number (0x...) or a symbol to an address.</summary>
    /// <param name="place">What the user wrote.</param>
    /// <param name="image">The kernel.</param>
    /// <param name="symbols">Its symbols.</param>
    /// <param name="map">The option that takes a System.map.</param>
    /// <exception cref="UsageException">It is neither.</exception>
    public static ulong Resolve(string place, BootImage image, SymbolTable symbols, string map)
    {
        if (place.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            && ulong.TryParse(place.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong address))
        {
            return address;
        }

        // ELFv1: a function's own name is its descriptor; the code's name starts with a dot.
        if (symbols.TryFind("." + place, out ElfSymbol code) || symbols.TryFind(place, out code))
            return code.Address;
        throw new UsageException($"{place}: no such symbol in {image.File.Name}; give an address (0x...), or its System.map with {map}.");
    }
}
