using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

using CellPpe.Ppe.Isa;

using Xunit;

namespace CellPpe.Tests.Isa;

/// <summary>A second opinion on every row of the table: GNU objdump prints the same mnemonic and operands.</summary>
public sealed partial class BinutilsTests
{
    private const int WordsPerInstruction = 12;
    private const string Tool = "powerpc64-linux-gnu-objdump";

    [SkippableFact]
    public void Objdump_prints_what_the_disassembler_prints()
    {
        var random = new Random(1);
        uint[] words =
            [.. Words.Instructions.SelectMany(info => Enumerable.Range(0, WordsPerInstruction).Select(_ => Words.Random(info, random)))];
        string[] theirs = Objdump(words);
        Assert.Equal(words.Length, theirs.Length);

        var differences = new List<string>();
        for (int index = 0; index < words.Length; index++)
        {
            PpuInstructionInfo info = PpuTable.Info(PpuDecoder.Decode(words[index]));
            string ours = Blanks().Replace(PpuDisassembler.Disassemble(words[index], 4 * (ulong)index), " ");
            if (ours != theirs[index] && !BinutilsDifferences.IsKnown(info, words[index], ours, theirs[index]))
                differences.Add($"{words[index]:x8}: '{ours}', objdump '{theirs[index]}'");
        }

        Assert.True(differences.Count == 0, $"{differences.Count} of {words.Length}:\n{string.Join('\n', differences.Take(400))}");
    }

    // Lines of objdump -D: "   4:\t38 60 00 05 \taddi    r3,r0,5".
    private static string[] Objdump(uint[] words)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, [.. words.SelectMany(static word => BitConverter.GetBytes(word).Reverse())]);
            var start = new ProcessStartInfo(Tool, ["-b", "binary", "-m", "powerpc:common64", "-EB", "-M", "raw,cell", "-D", "-z", file])
            {
                RedirectStandardOutput = true,
            };
            using Process objdump = Start(start);
            string output = objdump.StandardOutput.ReadToEnd();
            objdump.WaitForExit();
            Assert.Equal(0, objdump.ExitCode);
            return [.. output.Split('\n').Select(static line => line.Split('\t')).Where(static columns => columns.Length >= 3)
                .Select(static columns => Blanks().Replace(string.Join(' ', columns[2..]), " ").Trim())];
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Skip.If(true, $"{Tool} is not installed (Debian: binutils-powerpc64-linux-gnu)");
            throw;
        }
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
