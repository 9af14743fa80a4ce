namespace Ps3Platform.Screens.Input;

/// <summary>Types text on the guest's keyboard, as a person with a US layout would.</summary>
public static class TypedText
{
    private const byte LeftShift = 0xe1;

    /// <summary>Types a text. Characters that the layout does not have are left out.</summary>
    /// <param name="input">Whose keys they are.</param>
    /// <param name="text">The text.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>How many characters were left out.</returns>
    public static async ValueTask<int> TypeAsync(ClientInput input, string text, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(text);
        int missing = 0;
        foreach (char character in text)
        {
            if (!KeySymbols.TryFind(character, out byte usage, out bool needsShift))
            {
                missing++;
                continue;
            }

            if (needsShift)
                await input.KeyAsync(LeftShift, isDown: true, cancel).ConfigureAwait(false);
            await input.KeyAsync(usage, isDown: true, cancel).ConfigureAwait(false);
            await input.KeyAsync(usage, isDown: false, cancel).ConfigureAwait(false);
            if (needsShift)
                await input.KeyAsync(LeftShift, isDown: false, cancel).ConfigureAwait(false);
        }

        return missing;
    }
}
