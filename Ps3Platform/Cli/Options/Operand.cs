using System.CommandLine;

using Ps3Platform.Machine.Configuration.Kinds;

namespace Ps3Platform.Cli.Options;

/// <summary>What completion has to know of an operand.</summary>
internal interface IOperand
{
    /// <summary>What its value is: a file unless said otherwise.</summary>
    JsonShape Shape { get; }
}

/// <summary>An operand of a command.</summary>
internal sealed class Operand<T>(string name) : Argument<T>(name), IOperand
{
    /// <inheritdoc/>
    public JsonShape Shape { get; init; } = new() { IsPath = true };
}
