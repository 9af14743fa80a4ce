using System.CommandLine;

using Ps3Platform.Machine.Configuration.Kinds;

namespace Ps3Platform.Cli.Options;

/// <summary>An operand as completion sees it.</summary>
internal interface IOperand
{
    /// <summary>The form of its value; by default a file.</summary>
    JsonShape Shape { get; }
}

/// <summary>An operand of a command.</summary>
internal sealed class Operand<T>(string name) : Argument<T>(name), IOperand
{
    /// <inheritdoc/>
    public JsonShape Shape { get; init; } = new() { IsPath = true };
}
