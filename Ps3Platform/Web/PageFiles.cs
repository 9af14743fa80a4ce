using System.Reflection;
using System.Text.Json.Nodes;

using Microsoft.AspNetCore.Http;

namespace Ps3Platform.Web;

/// <summary>The page's files, which are inside the program; among them xterm.js, if the build could bring it.</summary>
internal sealed class PageFiles
{
    private const string Prefix = "page/";
    private static readonly Assembly Program = typeof(PageFiles).Assembly;

    private readonly Dictionary<string, string> _names = Program.GetManifestResourceNames()
        .Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .ToDictionary(static name => name == Prefix + "index.html" ? "/" : name[(Prefix.Length - 1)..]);

    /// <summary>What the page shows of downloads: <c>[{"name":"capture.pcapng","title":"Captured frames"}]</c>.</summary>
    public static string List(IEnumerable<WebDownload> downloads) => new JsonArray(
        [.. downloads.Select(static file => new JsonObject { ["name"] = file.Name, ["title"] = file.Title })]).ToJsonString();

    /// <summary>Sends a file.</summary>
    /// <returns>False when there is none at that path.</returns>
    public async Task<bool> TrySendAsync(HttpContext context, string path)
    {
        if (!_names.TryGetValue(path, out string? name))
            return false;
        context.Response.ContentType = Path.GetExtension(name) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".js" or ".mjs" => "text/javascript; charset=utf-8",
            _ => "text/plain; charset=utf-8",
        };
        using Stream file = Program.GetManifestResourceStream(name)!;
        await file.CopyToAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
        return true;
    }
}
