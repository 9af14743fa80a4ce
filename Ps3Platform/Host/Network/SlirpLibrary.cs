using System.Runtime.InteropServices;

namespace Ps3Platform.Host.Network;

/// <summary>libslirp's SlirpConfig as of version 1, which every libslirp since 4.0 takes. Addresses are in network byte order.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SlirpConfig
{
    public uint Version;
    public int Restricted;
    public byte InEnabled;
    public uint Network;
    public uint Netmask;
    public uint Host;

    // IPv6 is off. Its fields are all zero, so that their different alignment on Windows does not matter.
    public byte In6Enabled;
    public fixed uint Prefix6[4];
    public byte PrefixLength6;
    public fixed uint Host6[4];
    public nint HostName;
    public nint TftpServerName;
    public nint TftpPath;
    public nint BootFile;
    public uint DhcpStart;
    public uint NameServer;
    public fixed uint NameServer6[4];
    public nint DnsSearch;
    public nint DomainName;
    public nuint Mtu;
    public nuint Mru;
    public byte DisableHostLoopback;
    public byte EnableEmulation;
}

/// <summary>libslirp's SlirpCb. Functions of later versions follow as null.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SlirpCallbacks
{
    public delegate* unmanaged[Cdecl]<byte*, nuint, nint, nint> SendPacket;
    public delegate* unmanaged[Cdecl]<byte*, nint, void> GuestError;
    public delegate* unmanaged[Cdecl]<nint, long> ClockNanoseconds;
    public delegate* unmanaged[Cdecl]<nint, nint, nint, nint> TimerNew;
    public delegate* unmanaged[Cdecl]<nint, nint, void> TimerFree;
    public delegate* unmanaged[Cdecl]<nint, long, nint, void> TimerModify;
    public delegate* unmanaged[Cdecl]<int, nint, void> RegisterPoll;
    public delegate* unmanaged[Cdecl]<int, nint, void> UnregisterPoll;
    public delegate* unmanaged[Cdecl]<nint, void> Notify;
    public nint InitCompleted;
    public nint TimerNewOpaque;
    public nint Reserved0;
    public nint Reserved1;
}

/// <summary>The functions of libslirp that are used here (libslirp.h). The library is loaded when a user network is made.</summary>
internal sealed unsafe class SlirpLibrary
{
    private static readonly string[] LinuxNames = ["libslirp.so.0"];
    private static readonly string[] MacNames =
        ["libslirp.0.dylib", "/opt/homebrew/lib/libslirp.0.dylib", "/usr/local/lib/libslirp.0.dylib", "/opt/local/lib/libslirp.0.dylib"];
    private static readonly string[] WindowsNames = ["libslirp-0.dll", "slirp-0.dll"];

    private SlirpLibrary(nint library)
    {
        New = (delegate* unmanaged[Cdecl]<SlirpConfig*, SlirpCallbacks*, nint, nint>)NativeLibrary.GetExport(library, "slirp_new");
        Cleanup = (delegate* unmanaged[Cdecl]<nint, void>)NativeLibrary.GetExport(library, "slirp_cleanup");
        FillPoll = (delegate* unmanaged[Cdecl]<nint, uint*, delegate* unmanaged[Cdecl]<int, int, nint, int>, nint, void>)
            NativeLibrary.GetExport(library, "slirp_pollfds_fill");
        FinishPoll = (delegate* unmanaged[Cdecl]<nint, int, delegate* unmanaged[Cdecl]<int, nint, int>, nint, void>)
            NativeLibrary.GetExport(library, "slirp_pollfds_poll");
        Input = (delegate* unmanaged[Cdecl]<nint, byte*, int, void>)NativeLibrary.GetExport(library, "slirp_input");
        AddForward = (delegate* unmanaged[Cdecl]<nint, int, uint, int, uint, int, int>)
            NativeLibrary.GetExport(library, "slirp_add_hostfwd");
    }

    public delegate* unmanaged[Cdecl]<SlirpConfig*, SlirpCallbacks*, nint, nint> New { get; }

    public delegate* unmanaged[Cdecl]<nint, void> Cleanup { get; }

    public delegate* unmanaged[Cdecl]<nint, uint*, delegate* unmanaged[Cdecl]<int, int, nint, int>, nint, void> FillPoll { get; }

    public delegate* unmanaged[Cdecl]<nint, int, delegate* unmanaged[Cdecl]<int, nint, int>, nint, void> FinishPoll { get; }

    public delegate* unmanaged[Cdecl]<nint, byte*, int, void> Input { get; }

    public delegate* unmanaged[Cdecl]<nint, int, uint, int, uint, int, int> AddForward { get; }

    /// <summary>Finds the library by its usual names on this host.</summary>
    /// <exception cref="NetworkException">It is not installed.</exception>
    public static SlirpLibrary Load() =>
        Load(OperatingSystem.IsWindows() ? WindowsNames : OperatingSystem.IsMacOS() ? MacNames : LinuxNames);

    /// <summary>Finds the library by names, for tests.</summary>
    internal static SlirpLibrary Load(IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            if (!NativeLibrary.TryLoad(name, typeof(SlirpLibrary).Assembly, null, out nint library))
                continue;
            try
            {
                return new SlirpLibrary(library);
            }
            catch (EntryPointNotFoundException e)
            {
                throw new NetworkException($"user: {name} is no libslirp of version 4.0 or later; install a newer one.", e);
            }
        }

        string install = OperatingSystem.IsWindows()
            ? "put libslirp-0.dll and what it needs (MSYS2's mingw-w64-x86_64-libslirp) beside the program"
            : OperatingSystem.IsMacOS() ? "install it with \"brew install libslirp\""
            : "install it with \"sudo apt-get install libslirp0\" (Debian, Ubuntu), \"sudo dnf install libslirp\" (Fedora)";
        throw new NetworkException($"user: the user network needs the library libslirp, which is not there; {install}.");
    }
}
