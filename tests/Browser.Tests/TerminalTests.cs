using System.Text;

using Microsoft.Playwright;

using Xunit;

namespace Browser.Tests;

/// <summary>The serial terminal of the page: xterm.js where the build has it, and the plain one.</summary>
[Collection(BrowserTests.Name)]
public sealed class TerminalTests(Chromium chromium) : IDisposable
{
    private readonly FakeConsole _console = new(64, 64);

    public void Dispose() => _console.Dispose();

    [SkippableTheory]
    [InlineData("")]
    [InlineData("?plain")]
    public async Task What_the_guest_sends_is_shown_and_what_is_typed_reaches_it(string query)
    {
        Assert.True(_console.Line.TryTake());
        Send("before \u001b[1;32mgreen\u001b[0m\r\n1234\rab\r\ncolumns\tx\b y\r\n\u001b]0;title\u0007gone\u001b[2K\rover \u00fc\r\n");
        IPage page = await OpenAsync(query);
        string text = await WaitForAsync(page, "over \u00fc");
        foreach (string line in (string[])["before green", "ab34", "columns  y"])
            Assert.Contains(line, text, StringComparison.Ordinal);
        Assert.DoesNotContain("gone", text, StringComparison.Ordinal);
        Assert.DoesNotContain("title", text, StringComparison.Ordinal);

        await page.Locator("#serial-input").FocusAsync();
        await page.Keyboard.TypeAsync("ls -l");
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Control+KeyC");
        await page.Keyboard.PressAsync("ArrowUp");
        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("ls -l\r\u0003\u001b[A\t", Receive("\t"));
        // Tab is the guest's; whoever has no mouse leaves as he leaves the screen.
        await page.Keyboard.PressAsync("Control+Alt+Shift");
        Assert.False(await page.EvaluateAsync<bool>("() => document.getElementById('terminal').contains(document.activeElement)"));
    }

    [SkippableFact]
    public async Task Much_output_and_a_long_paste_arrive_whole_and_two_pages_see_the_same()
    {
        Assert.True(_console.Line.TryTake());
        IPage one = await OpenAsync("?plain");
        IPage other = await OpenAsync("?plain");
        for (int line = 0; line < 3000; line++)
            Send($"line {line}\r\n");
        foreach (IPage page in (IPage[])[one, other])
        {
            string text = await WaitForAsync(page, "line 2999");
            Assert.Equal(
                Enumerable.Range(0, 3000).Select(static line => $"line {line}"),
                text.Split('\n').Where(static line => line.StartsWith("line ", StringComparison.Ordinal)));
        }

        // The guest takes nothing for a while: the rest waits in the page.
        string pasted = string.Concat(Enumerable.Range(0, 4000).Select(static number => $"{number} "));
        await one.EvaluateAsync(
            """
            text => {
              const data = new DataTransfer();
              data.setData('text', text);
              document.querySelector('#terminal pre').dispatchEvent(new ClipboardEvent('paste', { clipboardData: data }));
            }
            """,
            pasted + "!");
        await Task.Delay(300);
        Assert.Equal(pasted + "!", Receive("!"));
    }

    [SkippableFact]
    public async Task Without_an_adapter_the_page_offers_to_plug_one_in()
    {
        IPage page = await OpenAsync("?plain");
        await page.Locator("#plug-serial").ClickAsync();
        Assert.True(SpinWait.SpinUntil(() => _console.Machine.Calls.Contains("add usb-serial chardev=web"), TimeSpan.FromSeconds(20)));
        Assert.True(_console.Line.TryTake());
        await page.Locator("#plug-serial").WaitForAsync(new() { State = WaitForSelectorState.Hidden });
    }

    private async Task<IPage> OpenAsync(string query)
    {
        IPage page = await chromium.NewPageAsync();
        await page.OpenAsync(_console.Address);
        if (query.Length > 0)
            await page.GotoAsync(new Uri(_console.Address, "/" + query).AbsoluteUri);
        return page;
    }

    private void Send(string text) => Assert.Equal(Encoding.UTF8.GetByteCount(text), _console.Line.Write(Encoding.UTF8.GetBytes(text)));

    private string Receive(string end)
    {
        var text = new StringBuilder();
        byte[] piece = new byte[1000];
        Assert.True(
            SpinWait.SpinUntil(
                () =>
                {
                    text.Append(Encoding.UTF8.GetString(piece, 0, _console.Line.Read(piece)));
                    return text.ToString().EndsWith(end, StringComparison.Ordinal);
                },
                TimeSpan.FromSeconds(20)),
            text.ToString());
        return text.ToString();
    }

    private static async Task<string> WaitForAsync(IPage page, string text)
    {
        // xterm.js draws nothing while it is out of sight.
        await page.Locator("#terminal").ScrollIntoViewIfNeededAsync();
        ILocator terminal = page.Locator("#terminal .xterm-rows, #terminal pre");
        await terminal.Filter(new() { HasText = text }).WaitForAsync();
        return (await terminal.InnerTextAsync()).Replace('\u00a0', ' ');
    }
}
