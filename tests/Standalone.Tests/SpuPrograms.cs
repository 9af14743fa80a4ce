using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

using Ps3Platform.Loaders;
using Ps3Platform.Loaders.Elf;
using Ps3Platform.Standalone;
using Ps3Platform.Standalone.Assist.Files;

using SpuRuntime.Engine;
using SpuRuntime.Execution;
using SpuRuntime.Execution.Regions;
using SpuRuntime.Isa;

namespace Standalone.Tests;

/// <summary>The output of one program, and how it ended.</summary>
internal sealed record SpuRun(StandaloneOutcome Outcome, string Output, string Errors, ulong Instructions);

/// <summary>Runs SPU programs in this process: those of firmware-stubs/spe, and some words.</summary>
internal static class SpuPrograms
{
    public static SpuRun Run(SpuProgram program, StandaloneLimits? limits = null, string input = "", bool countsInstructions = true, SpuEngine engine = SpuEngine.Interpreter, params string[] arguments)
    {
        using SpuCodeCache? code = SpuCodeCache.Create(engine);
        var output = new MemoryStream();
        var errors = new MemoryStream();
        var options = new StandaloneOptions
        {
            Arguments = ["program", .. arguments],
            Streams = new StandardStreams(new MemoryStream(Encoding.UTF8.GetBytes(input)), output, errors),
            CountsInstructions = countsInstructions,
            Engines = new SpuCoreFactory(code),
        };
        using var spe = new StandaloneSpe(program, options);
        StandaloneOutcome outcome = spe.Run(limits ?? new StandaloneLimits { Timeout = TimeSpan.FromMinutes(10) });
        return new SpuRun(outcome, Encoding.Latin1.GetString(output.ToArray()), Encoding.Latin1.GetString(errors.ToArray()), spe.Instructions);
    }

    /// <summary>A program of firmware-stubs/spe.</summary>
    public static SpuProgram Built(string name) => SpuProgram.Read(ImageFile.Read(PathOf(name)));

    /// <summary>A file of firmware-stubs/spe.</summary>
    public static string Text(string name) => File.ReadAllText(PathOf(name), Encoding.Latin1);

    public static string PathOf(string name, [CallerFilePath] string source = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", "..", "firmware-stubs", "spe", name));

    /// <summary>Instructions, one a line or between semicolons, as a program at address 0.</summary>
    public static SpuProgram Assemble(string lines)
    {
        const int Header = 52;
        const int ProgramHeader = 32;
        uint[] words = SpuAssembler.AssembleLines(lines);
        byte[] file = new byte[Header + ProgramHeader + (4 * words.Length)];
        byte[] identity = [0x7f, (byte)'E', (byte)'L', (byte)'F', 1, 2, 1];
        identity.CopyTo(file, 0);
        Half(file, 16, 2);
        Half(file, 18, 23);
        Word(file, 20, 1);
        Word(file, 28, Header);
        Half(file, 42, ProgramHeader);
        Half(file, 44, 1);
        uint[] segment = [1, Header + ProgramHeader, 0, 0, 4 * (uint)words.Length, 4 * (uint)words.Length, 7, 16];
        for (int index = 0; index < segment.Length; index++)
            Word(file, Header + (4 * index), segment[index]);
        for (int index = 0; index < words.Length; index++)
            Word(file, Header + ProgramHeader + (4 * index), words[index]);
        return SpuProgram.Read(new ImageFile("words.elf", file));
    }

    private static void Half(byte[] file, int at, ushort value) => BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(at), value);

    private static void Word(byte[] file, int at, uint value) => BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(at), value);
}
