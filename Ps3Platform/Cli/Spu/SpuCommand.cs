using System.CommandLine;

namespace Ps3Platform.Cli.Spu;

/// <summary><c>ps3 spu</c>: programs for an SPU alone, without a kernel.</summary>
internal static class SpuCommand
{
    public static Command Create() => new(
        "spu",
        "Run, list and trace programs for an SPU, without a kernel.\n\n"
        + "A program is what spu-elf-gcc links. Give it -mstdmain for a main that has arguments.\n\n"
        + "Examples:\n"
        + "  spu-elf-gcc -O2 -mstdmain hello.c -o hello.elf\n"
        + "  ps3 spu run hello.elf one two\n"
        + "  ps3 spu disasm hello.elf main\n"
        + "  ps3 spu trace --from main --count 50 hello.elf")
    {
        SpuRunCommand.Create(),
        SpuDisasmCommand.Create(),
        SpuTraceCommand.Create(),
    };
}
