namespace Watermark.Text.Conversations;

/// <summary>
/// Where a record holds the reply and what it answers. A null name is found from the record itself: by roles where there are
/// messages, else by well-known names. A name is looked up as written, then as a path whose parts are divided by dots: a
/// member of an object, or with a number an element of an array (<c>response.choices.0.message.content</c>).
/// </summary>
public sealed record ConversationFields
{
    /// <summary>The field of the reply: a text, a message, or a list of messages. Never a turn of another role than the assistant's.</summary>
    public string? Text { get; init; }

    /// <summary>The field of the prompt: a text, or a list of texts or messages.</summary>
    public string? Prompt { get; init; }

    /// <summary>The field of the reply's token ids: a list of integers.</summary>
    public string? Tokens { get; init; }

    /// <summary>The field of the prompt's token ids: a list of integers, or a list of such lists.</summary>
    public string? PromptTokens { get; init; }

    /// <summary>The field of the record's id: a text or a number.</summary>
    public string? Id { get; init; }

    /// <summary>Whether replies are read as token ids, because the tokenizer cannot cut text. Texts are then left alone.</summary>
    public bool ExpectsIds { get; init; }
}
