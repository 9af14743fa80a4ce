namespace Boot.Tests;

/// <summary>The folder of the documents.</summary>
internal static class DocumentRoot
{
    /// <summary>The checkout's root.</summary>
    public static string Path => Guests.RepositoryRoot();
}
