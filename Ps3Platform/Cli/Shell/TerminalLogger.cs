using Microsoft.Extensions.Logging;

namespace Ps3Platform.Cli.Shell;

/// <summary>Writes log records to standard error, one line each, with the name of the part that logs.</summary>
internal sealed class TerminalLoggerProvider : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new TerminalLogger(categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    public void Dispose()
    {
    }

    private sealed class TerminalLogger(string part) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Terminal.Note($"[{part}] {formatter(state, exception)}{(exception is null ? "" : Environment.NewLine + exception)}");
    }
}
