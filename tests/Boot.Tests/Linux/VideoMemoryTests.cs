using SharpCompress.Compressors.Xz;

using Xunit;

namespace Boot.Tests.Linux;

/// <summary>Linux's ps3vram: GPU memory as a block device, through the GPU's command FIFO.</summary>
public sealed class VideoMemoryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-vram-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public void Linux_swaps_to_gpu_memory_and_reads_back_what_it_wrote()
    {
        IReadOnlyList<string> said = Script().Run("vmlinux-6.1-full.xz", """
            insmod /ps3vram.ko
            mkswap /dev/ps3vram >/dev/null && swapon /dev/ps3vram && say swap $(grep -c ps3vram /proc/swaps)
            swapoff /dev/ps3vram
            head -c 4194304 /dev/urandom >/tmp/data
            dd if=/tmp/data of=/dev/ps3vram bs=64k 2>/dev/null
            sync
            echo 3 >/proc/sys/vm/drop_caches
            say wrote $(sha256sum </tmp/data)
            say read $(head -c 4194304 /dev/ps3vram | sha256sum)
            """);

        Assert.Equal("swap 1", said[0]);
        Assert.Equal(said[1].Replace("wrote", "read", StringComparison.Ordinal), said[2]);
        Assert.Equal("END", said[^1]);
    }

    [SkippableFact]
    public void In_the_strict_profile_the_probe_gives_up()
    {
        IReadOnlyList<string> said = Script().Run("vmlinux-6.1-full.xz", """
            insmod /ps3vram.ko
            [ -e /dev/ps3vram ] || say none
            """, "--gpu", "strict");

        Assert.Equal(["none", "END"], said);
    }

    private GuestScript Script()
    {
        using var packed = new XZStream(File.OpenRead(Guests.Path("ps3vram-6.1-full.ko.xz")));
        using var module = new MemoryStream();
        packed.CopyTo(module);
        return new GuestScript(_folder).With("ps3vram.ko", module.ToArray());
    }
}
