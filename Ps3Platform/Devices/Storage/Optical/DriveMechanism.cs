using Ps3Platform.Devices.Blocks;

namespace Ps3Platform.Devices.Storage.Optical;

/// <summary>The medium of the drive, whether it is locked in, and what the guest has still to be told.</summary>
internal sealed class DriveMechanism(DiscTray tray)
{
    /// <summary>The guest has asked that the medium stays in.</summary>
    public bool IsLocked { get; set; }

    /// <summary>The guest has had the medium put out. It is not readable until it is loaded again.</summary>
    public bool IsPutOut { get; private set; }

    /// <summary>The event that GET EVENT STATUS NOTIFICATION reports next.</summary>
    public MediumEvent Event { get; private set; }

    /// <summary>The unit attention that is pending.</summary>
    public Sense Attention { get; private set; }

    /// <summary>Sectors of the medium; 0: there is none that can be read.</summary>
    public uint Sectors => IsPutOut || tray.Medium is not { } medium ? 0 : (uint)(medium.Length / Disc.SectorSize);

    /// <summary>What replies depend on.</summary>
    public DriveState State => new(Sectors, IsLocked, Event, Attention);

    /// <summary>As after power-on; the medium stays.</summary>
    public void Reset()
    {
        IsLocked = IsPutOut = false;
        Event = MediumEvent.None;
        Attention = Sense.None;
    }

    /// <summary>A user has changed the medium, or taken it out.</summary>
    /// <exception cref="ArgumentException">It is no medium that a drive can read; nothing has changed.</exception>
    public void Replace(IBlockBackend? medium)
    {
        tray.Replace(medium);
        IsPutOut = false;
        Attention = Sense.None;
        Event = MediumEvent.Removed;
        if (medium is not null)
            Announce();
    }

    /// <summary>A user has pressed the eject button, and the medium is locked in.</summary>
    public void RequestEject() => Event = MediumEvent.EjectRequested;

    /// <summary>The guest has been told of the event.</summary>
    public void ForgetEvent() => Event = MediumEvent.None;

    /// <summary>What keeps a command from the medium. An attention is told of once.</summary>
    public Sense FindProblem()
    {
        Sense attention = TakeAttention();
        return attention != Sense.None ? attention : Sectors == 0 ? Sense.NoMedium : Sense.None;
    }

    /// <summary>The unit attention that is pending, which this takes away.</summary>
    public Sense TakeAttention()
    {
        Sense attention = Attention;
        Attention = Sense.None;
        return attention;
    }

    /// <summary>START STOP UNIT (SBC-2, 5.17). What spins down is of no interest here.</summary>
    /// <param name="options">The fifth byte of the packet.</param>
    public Sense StartOrStop(int options)
    {
        const int Start = 1;
        const int LoadOrEject = 2;
        switch (options & (Start | LoadOrEject))
        {
            case LoadOrEject when IsLocked:
                return Sense.RemovalPrevented;
            case LoadOrEject:
                if (Sectors != 0)
                    Event = MediumEvent.Removed;
                IsPutOut = true;
                return Sense.None;
            case LoadOrEject | Start:
                if (!IsPutOut)
                    return Sense.None;
                IsPutOut = false;
                if (Sectors != 0)
                    Announce();
                return Sense.None;
            case Start when Sectors == 0:
                return Sense.NoMedium;
            default:
                return Sense.None;
        }
    }

    private void Announce()
    {
        Event = MediumEvent.Inserted;
        Attention = Sense.MediumChanged;
    }
}
