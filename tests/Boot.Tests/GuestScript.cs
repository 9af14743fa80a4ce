using System.IO.Compression;
using System.Text;

namespace Boot.Tests;

/// <summary>
/// An initial RAM disk: that of <c>../shared/guests</c> with another <c>/init</c>. Linux takes archives one behind the other.
/// </summary>
internal static class GuestScript
{
    private const string Start = """
        #!/bin/busybox sh
        /bin/busybox --install -s /bin
        export PATH=/bin:/sbin
        mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev 2>/dev/null

        """;

    private const string End = "\npoweroff -f\n";

    /// <summary>Writes an archive whose <c>/init</c> mounts the usual file systems, runs a script and powers off.</summary>
    /// <param name="folder">Where to write it.</param>
    /// <param name="script">Commands of busybox's shell.</param>
    /// <returns>The archive's path.</returns>
    public static string Write(string folder, string script)
    {
        string path = Path.Combine(folder, $"initramfs-{Guid.NewGuid():n}.cpio.gz");
        using FileStream file = File.Create(path);
        file.Write(File.ReadAllBytes(Guests.Path("initramfs.cpio.gz")));
        using var packed = new GZipStream(file, CompressionLevel.Fastest);
        packed.Write(Archive((Start + script + End).ReplaceLineEndings("\n")));
        return path;
    }

    // The "new ASCII format" of cpio(5), with one file and the trailer.
    private static byte[] Archive(string init)
    {
        using var archive = new MemoryStream();
        Add(archive, "init", Encoding.UTF8.GetBytes(init), 0x81ed);
        Add(archive, "TRAILER!!!", [], 0);
        return archive.ToArray();
    }

    private static void Add(MemoryStream archive, string name, byte[] data, int mode)
    {
        string header = $"070701{1:x8}{mode:x8}{0:x8}{0:x8}{1:x8}{0:x8}{data.Length:x8}{0:x8}{0:x8}{0:x8}{0:x8}{name.Length + 1:x8}{0:x8}";
        archive.Write(Encoding.ASCII.GetBytes(header + name + "\0"));
        Pad(archive);
        archive.Write(data);
        Pad(archive);
    }

    private static void Pad(MemoryStream archive)
    {
        while (archive.Length % 4 != 0)
            archive.WriteByte(0);
    }
}
