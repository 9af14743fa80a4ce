namespace SpuRuntime;

/// <summary>Holding an SPE's lock. Leaving does what must be done without it: driving the MFC, waking the SPU.</summary>
internal readonly ref struct SpeScope(LogicalSpe spe, bool drive)
{
    public void Dispose()
    {
        bool wanted = drive && spe.Mfc.WantsDriver;
        spe.LeaveLock();
        if (wanted)
            spe.Mfc.Drive();
    }
}
