namespace CellPpe.Ppe.Engines;

/// <summary>How guest code is run.</summary>
public enum PpuEngine
{
    /// <summary>Interpreted until it is hot, then compiled.</summary>
    Auto,

    /// <summary>Interpreted always.</summary>
    Interpreter,

    /// <summary>Compiled as soon as it has been run a few times.</summary>
    Compiled,
}
