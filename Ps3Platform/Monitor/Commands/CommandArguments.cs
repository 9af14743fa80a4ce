namespace Ps3Platform.Monitor.Commands;

/// <summary>What a user has given for the arguments of a command; each is there unless it is optional.</summary>
public sealed class CommandArguments
{
    private readonly Dictionary<string, string> _values = [];
    private readonly HashSet<string> _flags = [];
    private readonly Dictionary<string, string> _properties = [];

    /// <summary>The pairs of <see cref="ArgumentForm.Properties"/>.</summary>
    public IReadOnlyDictionary<string, string> Properties => _properties;

    /// <summary>An argument's value.</summary>
    public string this[string name]
    {
        get => _values[name];
        internal set => _values[name] = value;
    }

    /// <summary>An optional argument's value, or null.</summary>
    public string? Find(string name) => _values.GetValueOrDefault(name);

    /// <summary>Whether a flag was given.</summary>
    public bool Has(string flag) => _flags.Contains(flag);

    internal void SetFlag(string name) => _flags.Add(name);

    internal bool TryAddProperty(string key, string value) => _properties.TryAdd(key, value);
}
