using Ps3Platform.Cli.Shell;
using Ps3Platform.Devices.Blocks;
using Ps3Platform.Devices.Characters;
using Ps3Platform.Devices.HotPlug;
using Ps3Platform.Devices.Usb;
using Ps3Platform.Host.Blocks;
using Ps3Platform.Host.Characters;
using Ps3Platform.Machine.Configuration;
using Ps3Platform.Web;

namespace Ps3Platform.Cli.Files;

/// <summary>What USB devices are connected to on the host: images and lines.</summary>
internal static class UsbFiles
{
    /// <summary>Plugs in what options ask for.</summary>
    /// <param name="options">The options.</param>
    /// <param name="standard">The other end of a serial adapter at the standard streams, when those are open already.</param>
    /// <param name="page">The terminal of the web console's page; null: there is no web console.</param>
    /// <exception cref="UsageException">Something cannot be opened.</exception>
    public static UsbPlugs Open(SourcedOptions options, ICharacterBackend? standard, SerialLine? page)
    {
        var plugs = new UsbPlugs(spec => spec.Characters?.Kind == CharacterKind.Web ? (null, Take(page)) : Open(spec, standard));
        try
        {
            if (options.Options.Serial is { } serial)
                Add(plugs, new UsbDeviceSpec(UsbKind.Serial, Characters: serial), $"{options.PlaceOf("serial")} {serial}");
            foreach (UsbDeviceSpec spec in options.Options.Usb.All)
                Add(plugs, spec, $"{options.PlaceOf("usb")} {spec}");
            return plugs;
        }
        catch (UsageException)
        {
            plugs.Dispose();
            throw;
        }
    }

    /// <summary>Waits until terminals and files have what the guest sent them: a second without progress at most.</summary>
    public static void Drain(UsbPlugs plugs)
    {
        foreach (CharacterBackend line in plugs.All.Select(static plug => plug.Characters).OfType<CharacterBackend>())
            line.Drain(new CancellationToken(canceled: true));
    }

    private static void Add(UsbPlugs plugs, UsbDeviceSpec spec, string place)
    {
        try
        {
            plugs.Add(spec);
        }
        catch (DeviceOperationException e)
        {
            throw new UsageException($"{place}: {e.Message}");
        }
    }

    private static SerialLine Take(SerialLine? page)
    {
        if (page is null)
            throw new DeviceOperationException("there is no web console; add --web PORT.");
        return page.TryTake() ? page : throw new DeviceOperationException("Another serial adapter has the terminal of the page.");
    }

    private static (IBlockBackend? Disk, ICharacterBackend? Characters) Open(UsbDeviceSpec spec, ICharacterBackend? standard)
    {
        if (spec.Characters?.Kind == CharacterKind.Stdio && standard is not null)
            return (null, standard);
        try
        {
            if (spec.Disk is { } disk)
                return (BlockBackends.Open(disk, Terminal.Error), null);
            CharacterBackend line = CharacterBackends.Open(spec.Characters!, takesInput: true);
            if (spec.Characters!.Kind is not (CharacterKind.Stdio or CharacterKind.Null or CharacterKind.File))
                Terminal.Note($"the USB serial adapter is at {line.Name}");
            return (null, line);
        }
        catch (BlockOpenException e)
        {
            throw new DeviceOperationException($"{e.Message}.");
        }
        catch (CharacterException e)
        {
            throw new DeviceOperationException(e.Message);
        }
    }
}
