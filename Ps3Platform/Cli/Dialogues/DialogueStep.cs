namespace Ps3Platform.Cli.Dialogues;

/// <summary>The kinds of steps.</summary>
internal enum DialogueVerb
{
    /// <summary>Wait until the guest prints a text.</summary>
    WaitFor,

    /// <summary>Type a text.</summary>
    Type,

    /// <summary>Send a break.</summary>
    Break,

    /// <summary>From here on a text means failure.</summary>
    FailOn,

    /// <summary>From here on each wait takes at most this long.</summary>
    Within,

    /// <summary>End the machine: the dialogue has succeeded.</summary>
    Quit,
}

/// <summary>One line of a dialogue.</summary>
/// <param name="Verb">What it does.</param>
/// <param name="Line">Its number in the file, from 1.</param>
/// <param name="Text">The bytes that are waited for, typed or feared; empty for the others.</param>
/// <param name="Limit">The time of <see cref="DialogueVerb.Within"/>.</param>
internal sealed record DialogueStep(DialogueVerb Verb, int Line, byte[] Text, TimeSpan Limit = default);
