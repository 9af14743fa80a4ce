namespace Ps3Platform.Devices.Audio;

/// <summary>Status and enable registers of both interrupt sources, and the level that they drive.</summary>
/// <param name="setLevel">Sets the level of the outlet.</param>
internal sealed class AudioInterrupts(Action<bool> setLevel)
{
    /// <summary>AX_IS.</summary>
    public uint Status { get; private set; }

    /// <summary>AX_IE.</summary>
    public uint Enable { get; private set; }

    /// <summary>INTR_0: channel n at bit 2n.</summary>
    public uint DmaStatus { get; private set; }

    /// <summary>INTR_EN_0.</summary>
    public uint DmaEnable { get; private set; }

    /// <summary>True while the outlet is asserted.</summary>
    public bool IsAsserted => (Status & Enable) != 0 || (DmaStatus & DmaEnable) != 0;

    public void Reset()
    {
        (Status, Enable, DmaStatus, DmaEnable) = (0, 0, 0, 0);
        setLevel(false);
    }

    /// <summary>Something happened at an output.</summary>
    public void Report(uint causes) => Update(Status | causes, DmaStatus);

    /// <summary>A transfer of a channel has ended.</summary>
    public void ReportDma(int channel) => Update(Status, DmaStatus | 1u << (2 * channel));

    /// <summary>A store to AX_IS: ones clear.</summary>
    public void Clear(uint causes) => Update(Status & ~causes, DmaStatus);

    /// <summary>A store to INTR_0: ones clear.</summary>
    public void ClearDma(uint channels) => Update(Status, DmaStatus & ~channels);

    public void SetEnable(uint causes)
    {
        Enable = causes;
        setLevel(IsAsserted);
    }

    public void SetDmaEnable(uint channels)
    {
        DmaEnable = channels;
        setLevel(IsAsserted);
    }

    /// <summary>Sets the outlet's level anew, after it was made.</summary>
    public void Refresh() => setLevel(IsAsserted);

    private void Update(uint status, uint dmaStatus)
    {
        (Status, DmaStatus) = (status, dmaStatus);
        setLevel(IsAsserted);
    }
}
