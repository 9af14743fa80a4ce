using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Boot.Tests.Screens;
using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Boot;
using SkiaSharp;
using Xunit;

namespace Boot.Tests.Linux;

/// <summary>Golden boots of real Linux 6.1; skipped where its prebuilt kernels are missing.</summary>
public sealed class LinuxTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ps3-linux-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public void The_debug_kernel_reaches_init_passes_the_self_test_and_powers_off()
    {
        ProgramResult run = Ps3Program.Run(
            "boot", Guests.Path("vmlinux-6.1-ps3-debug.xz"), "--initrd", Guests.Path("initramfs.cpio.gz"), "--append", "console=hvc0",
            "--timeout", "4m");

        Assert.Equal(0, run.ExitCode);
        foreach (string line in (string[])["smp: Brought up 1 node, 2 CPUs", "INIT-REACHED", "ok   sha256", "ok   float", "ok   trig",
            "ok   fork", "SELFTEST OK", "POWEROFF"])
            Assert.Contains(line, run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("FAIL", run.Output, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("auto", "auto")]
    [InlineData("compiled", "interpreter")]
    public void The_debug_kernel_runs_the_same_twice_with_the_instruction_clock(string firstEngine, string secondEngine)
    {
        string[] arguments =
        [
            "boot", Guests.Path("vmlinux-6.1-ps3-debug.xz"), "--initrd", Guests.Path("initramfs.cpio.gz"), "--append", "console=hvc0",
            "--clock", "instructions", "--instructions", "150000000", "--state-hash",
        ];

        ProgramResult first = Ps3Program.Run([.. arguments, "--engine", firstEngine]);
        ProgramResult second = Ps3Program.Run([.. arguments, "--engine", secondEngine]);

        Assert.Equal(first.Output, second.Output);
        Assert.Contains("state hash ", first.Messages, StringComparison.Ordinal);
        Assert.Equal(first.Messages, second.Messages);
    }

    [SkippableFact]
    public void Without_fix_ups_the_debug_kernel_panics_as_on_a_console_and_that_is_reported()
    {
        ProgramResult run = Ps3Program.Run(
            "boot", Guests.Path("vmlinux-6.1-ps3-debug.xz"), "--initrd", Guests.Path("initramfs.cpio.gz"), "--append", "console=hvc0",
            "--fixups", "none",
            "--timeout", "4m");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains(
            "guest panic: Kernel panic - not syncing: ps3_hpte_updateboltedpp() not implemented", run.Messages, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Ctrl_c_presses_the_power_button_and_stops_a_guest_that_does_not_listen_yet()
    {
        Skip.If(OperatingSystem.IsWindows(), "Ctrl-C is sent with kill(1)");
        Skip.If(Ps3Program.IgnoresInterrupts, "SIGINT is ignored here, as in what a shell starts in the background");
        // This Linux stays in a shell and ignores its power button.
        RunningProgram run = Ps3Program.Start(
            "boot", Guests.Path("vmlinux-6.1-ps3-debug.xz"), "--initrd", Guests.Path("initramfs.cpio.gz"),
            "--append", "console=hvc0 shell");
        run.WaitFor("Linux version");

        Process.Start("kill", ["-INT", run.Id.ToString(CultureInfo.InvariantCulture)])!.WaitForExit();
        // If the guest's driver was already running, the first Ctrl-C pressed its button, and the second one stops the machine.
        Thread.Sleep(TimeSpan.FromSeconds(2));
        Process.Start("kill", ["-INT", run.Id.ToString(CultureInfo.InvariantCulture)])!.WaitForExit();
        ProgramResult result = run.Wait();

        Assert.Equal(130, result.ExitCode);
        Assert.Contains("stopped by Ctrl-C", result.Messages, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void With_one_cpu_and_little_memory_linux_comes_up_too()
    {
        ProgramResult run = Ps3Program.Run(
            "boot", Guests.Path("vmlinux-6.1-ps3-debug.xz"), "--initrd", Guests.Path("initramfs.cpio.gz"), "--append",
            "console=hvc0 run=uname",
            "--cpus", "1", "--memory", "96M", "--timeout", "4m");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("smp: Brought up 1 node, 1 CPU", run.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_gzipped_otheros_bld_boots_as_the_image_it_was_made_from()
    {
        string bld = Path.Combine(_folder, "otheros.bld");
        string path = Path.Combine(_folder, "screen.png");
        BootImage image = OtherOsImage.Read(ImageFile.Read(Guests.Path("dtbImage-6.1.ps3.xz")), BootRequest.RetailBootMemory);
        byte[] flat = new byte[image.End.Value];
        foreach (BootSegment segment in image.Segments)
            segment.Bytes.Span.CopyTo(flat.AsSpan((int)segment.Address.Value));
        using (var gzip = new GZipStream(File.Create(bld), CompressionLevel.Fastest))
            gzip.Write(flat);

        ProgramResult run = Ps3Program.Run("boot", bld, "--clock", "instructions", "--instructions", "450000000", "--screenshot", path);

        Assert.Equal(124, run.ExitCode);
        using SKBitmap screen = SKBitmap.Decode(path);
        Assert.Equal((2, 6), ScreenPenguins.Count(screen));
    }
}
