namespace Boot.Tests;

/// <summary>Where the documents are.</summary>
internal static class DocumentRoot
{
    /// <summary>The checkout's root.</summary>
    public static string Path => Guests.RepositoryRoot();
}
