using Ps3Platform.Devices.HotPlug;
using Ps3Platform.Devices.Usb;
using Xunit;

namespace Devices.Tests.Usb;

/// <summary>What users write.</summary>
public sealed class UsbSpecTests
{
    [Theory]
    [InlineData("keyboard", "tablet keyboard")]
    [InlineData("mouse", "keyboard tablet mouse")]
    [InlineData("none", "")]
    [InlineData("none;gamepad", "gamepad")]
    [InlineData("disk=a;;b.img,ro;serial=tcp:5555", "keyboard tablet disk=a;b.img,ro serial=tcp:127.0.0.1:5555")]
    [InlineData("tablet;tablet", "keyboard tablet tablet")]
    public void A_keyboard_and_a_tablet_are_there_unless_none_is_asked_for(string text, string devices)
    {
        Assert.True(UsbDeviceList.TryParse(text, out UsbDeviceList? list, out _));
        Assert.Equal(devices, string.Join(' ', list.All));
        Assert.True(UsbDeviceList.TryParse(list.ToString(), out UsbDeviceList? again, out _));
        Assert.Equal(list, again);
    }

    [Theory]
    [InlineData("", "no such device; give keyboard")]
    [InlineData("keybord", "no such device")]
    [InlineData("keyboard=1", "takes nothing behind it")]
    [InlineData("disk", "disk has a file")]
    [InlineData("disk=a,rw", "is not understood")]
    [InlineData("serial=", "serial leads somewhere")]
    [InlineData("serial=usb", "no such kind")]
    [InlineData("mouse;mouse;mouse;mouse;mouse;mouse;mouse", "there are 8 sockets")]
    public void What_cannot_be_is_refused_with_a_way_out(string text, string problem)
    {
        Assert.False(UsbDeviceList.TryParse(text, out _, out string? told));
        Assert.Contains(problem, told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("usb-kbd", "x", "1", "has no property 'x'; give id=.")]
    [InlineData("usb-storage", "id", "a", "needs file=")]
    [InlineData("usb-storage", "ro", "maybe", "needs file=")]
    [InlineData("usb-serial", "chardev", "nowhere", "no such kind")]
    public void Properties_of_added_devices_are_checked(string driver, string key, string value, string problem)
    {
        using var usb = new UsbFixture();
        Assert.Contains(
            problem, Assert.Throws<DeviceOperationException>(() => usb.Add(driver, (key, value))).Message, StringComparison.Ordinal);
        Assert.Empty(usb.State.Devices);
    }

    [Fact]
    public void Ids_are_unique_and_files_need_a_host()
    {
        using var usb = new UsbFixture();
        usb.Add("usb-kbd", ("id", "k"));
        Assert.Throws<DeviceOperationException>(() => usb.Add("usb-mouse", ("id", "k")));
        Assert.Throws<DeviceOperationException>(() => usb.Add("usb-storage", ("file", "a.img")));
        usb.Add("usb-mouse");
        usb.Add("usb-mouse");
        Assert.Equal(["k", "mouse", "mouse2"], usb.State.Devices.Select(static device => device.Id));
    }
}
