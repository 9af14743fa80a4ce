namespace Ps3Platform.Devices.Audio;

/// <summary>Connectors that sound leaves a console by.</summary>
[Flags]
public enum AudioConnectors
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>HDMI.</summary>
    Hdmi = 1,

    /// <summary>The analogue connector, AV multi.</summary>
    AvMulti = 2,

    /// <summary>The optical connector, S/PDIF.</summary>
    Spdif = 4,
}

/// <summary>What the AV settings service does to the sound device (ps3av_set_audio_mode in drivers/ps3/ps3av.c).</summary>
public interface IAudioControl
{
    /// <summary>Sets the sampling rate and the width of samples in memory.</summary>
    /// <param name="rate">Hertz.</param>
    /// <param name="bits">16, 20 or 24.</param>
    void SetMode(int rate, int bits);

    /// <summary>Mutes connectors or ends that.</summary>
    void SetMuted(AudioConnectors connectors, bool isMuted);

    /// <summary>Turns the signal of connectors on or off.</summary>
    void SetActive(AudioConnectors connectors, bool isActive);
}
