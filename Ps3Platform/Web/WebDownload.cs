using Ps3Platform.Monitor.Control;

namespace Ps3Platform.Web;

/// <summary>A file that the page offers, made or found when a browser asks for it.</summary>
/// <param name="Name">Its name in the browser, and in the address.</param>
/// <param name="Type">Its media type.</param>
/// <param name="Title">What the page calls it.</param>
/// <param name="Open">
/// Opens it, complete: what it reads may not wait for the browser. It may take seconds, and throw a <see cref="MonitorException"/> or
/// <see cref="IOException"/> that says why not.
/// </param>
public sealed record WebDownload(string Name, string Type, string Title, Func<Stream> Open);
