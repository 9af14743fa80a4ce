using Ps3Platform.Loaders.Compression;
using Ps3Platform.Loaders.Elf;

namespace Ps3Platform.Loaders.Boot;

/// <summary>Recognises bootable images: vmlinux, dtbImage.ps3, otheros.bld, a flat binary, FreeBSD's loader.</summary>
public static class OtherOsImage
{
    /// <summary>Unpacks and recognises an image.</summary>
    /// <param name="file">The file as it is on disk, packed or not.</param>
    /// <param name="bootMemorySize">Boot memory (rm_size): nothing in the image may reach beyond it.</param>
    /// <exception cref="ImageFormatException">It is none of them, or damaged.</exception>
    public static BootImage Read(ImageFile file, ulong bootMemorySize) => Read(file, bootMemorySize, new ElfReader());

    /// <summary>Unpacks and recognises an image, with a reader of executables of the caller's choice.</summary>
    /// <exception cref="ImageFormatException">It is none of them, or damaged.</exception>
    public static BootImage Read(ImageFile file, ulong bootMemorySize, IExecutableReader executables)
    {
        string packing = file.Bytes.Span switch
        {
            [0x1f, 0x8b, ..] => "gzip",
            [0xfd, (byte)'7', ..] => "xz",
            _ => "none",
        };
        ImageFile unpacked = CompressedFile.Unpack(file);
        BootImage image = Recognise(unpacked, bootMemorySize, executables);
        return image with { Packing = packing };
    }

    private static BootImage Recognise(ImageFile file, ulong bootMemorySize, IExecutableReader executables)
    {
        ReadOnlySpan<byte> bytes = file.Bytes.Span;
        if (bytes.IsEmpty)
            throw new ImageFormatException(file.Name, 0, "The file is empty; give a vmlinux, dtbImage.ps3 or otheros.bld.");
        if (bytes.StartsWith("SCE\0"u8))
            throw new ImageFormatException(file.Name, 0, "This is a Sony container (.self or .pup), which is encrypted; give the otheros.bld or vmlinux it was made from.");
        if (DeviceTree.FlatDeviceTree.Recognises(bytes))
            throw new ImageFormatException(file.Name, 0, "This is a device tree, not a kernel; give it with --dtb.");
        if (!executables.Recognises(bytes))
            return FlatImage.Read(file, bootMemorySize);

        IExecutableImage executable = executables.Read(file, bootMemorySize);
        return executable.Class == ElfClass.Elf32 ? WrapperImage.Flatten(executable) : VmlinuxImage.Read(executable);
    }
}
