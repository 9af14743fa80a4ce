using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Boot.Tests.Linux;

/// <summary>
/// A shell script as the first process of a prebuilt Linux: the prebuilt busybox archive followed by a second archive in Linux's own
/// format (newc). The script's <c>say</c> writes to the kernel's log, which needs no console.
/// </summary>
internal sealed class GuestScript(string folder)
{
    private const string Prologue = """
        #!/bin/busybox sh
        /bin/busybox --install -s /bin
        export PATH=/bin:/sbin
        mkdir -p /tmp /mnt
        mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev 2>/dev/null
        say() { echo "SAY $*" >/dev/kmsg; }
        sayall() { while read -r line; do say "$line"; done; }

        """;

    private const string Epilogue = "\nsay END\npoweroff -f\n";
    private const string Mark = "] SAY ";

    private readonly List<(string Name, byte[] Bytes)> _files = [];

    /// <summary>A further file at the root of the guest, which may be packed with xz.</summary>
    public GuestScript With(string name, byte[] bytes)
    {
        _files.Add((name, bytes));
        return this;
    }

    /// <summary>Boots a prebuilt kernel with the script and returns its output up to the end.</summary>
    /// <param name="kernel">Name of the kernel in ../shared/guests.</param>
    /// <param name="script">Lines of the shell.</param>
    /// <param name="options">Further options of "boot".</param>
    public IReadOnlyList<string> Run(string kernel, string script, params string[] options)
    {
        ProgramResult run = Ps3Program.Run(
            ["boot", Guests.Path(kernel), "--initrd", Write(script), "--log-buffer", "--timeout", "4m", .. options]);
        if (run.ExitCode != 0)
            throw new InvalidOperationException($"exit code {run.ExitCode}:\n{run.Messages}");
        return [.. (run.Output + run.Messages).Split('\n').Where(static line => line.Contains(Mark, StringComparison.Ordinal))
            .Select(static line => line[(line.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length)..].TrimEnd())];
    }

    /// <summary>Writes the archive alone.</summary>
    /// <returns>The archive's path.</returns>
    public string Write(string script)
    {
        string path = Path.Combine(folder, $"initramfs-{Guid.NewGuid():n}.cpio.gz");
        using FileStream output = File.Create(path);
        // Linux unpacks concatenated archives.
        using (FileStream busybox = File.OpenRead(Guests.Path("initramfs.cpio.gz")))
            busybox.CopyTo(output);
        using var packed = new GZipStream(output, CompressionLevel.Fastest);
        Append(packed, "init", Encoding.UTF8.GetBytes(Prologue + script.ReplaceLineEndings("\n") + Epilogue), 0x81ED);
        foreach ((string name, byte[] bytes) in _files)
            Append(packed, name, bytes, 0x81A4);
        Append(packed, "TRAILER!!!", [], 0);
        return path;
    }

    // Thirteen numbers of eight hexadecimal digits, the name and the contents, each filled up to a multiple of four bytes.
    private static void Append(Stream archive, string name, byte[] bytes, uint mode)
    {
        uint[] fields = [0, mode, 0, 0, 1, 0, (uint)bytes.Length, 0, 0, 0, 0, (uint)name.Length + 1, 0];
        var head = new StringBuilder("070701");
        foreach (uint field in fields)
            head.Append(field.ToString("x8", CultureInfo.InvariantCulture));
        head.Append(name).Append('\0');
        while (head.Length % 4 != 0)
            head.Append('\0');
        archive.Write(Encoding.ASCII.GetBytes(head.ToString()));
        archive.Write(bytes);
        archive.Write(new byte[(4 - (bytes.Length % 4)) % 4]);
    }
}
