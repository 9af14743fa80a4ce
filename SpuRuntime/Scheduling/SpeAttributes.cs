namespace SpuRuntime.Scheduling;

/// <summary>
/// What a test or a measurement says about an SPE to its scheduler. A guest's kernel schedules its contexts onto logical SPEs by
/// rules of its own, above this.
/// </summary>
/// <param name="Priority">0 to <see cref="HighestPriority"/>: a runnable SPE of a higher one displaces those of lower ones.</param>
/// <param name="Gang">Not 0: the SPEs with the same number get host threads at the same time, or none of them does.</param>
public readonly record struct SpeAttributes(int Priority = SpeAttributes.DefaultPriority, int Gang = 0)
{
    /// <summary>The largest priority.</summary>
    public const int HighestPriority = 31;

    /// <summary>The priority of an SPE for which none was set.</summary>
    public const int DefaultPriority = 16;

    /// <summary>Default priority, no gang.</summary>
    public SpeAttributes()
        : this(DefaultPriority)
    {
    }
}
