namespace Watermark.Text.Documents;

/// <summary>
/// How documents are read. A field name is first looked up as written. If no field has that name, each dot separates a
/// member of an object or, with a number, an element of an array (<c>response.choices.0.message.content</c>). In CSV a field
/// is a column.
/// </summary>
public sealed record DocumentReaderOptions
{
    /// <summary>The name of the prompt field unless another is chosen.</summary>
    internal const string DefaultPromptField = "prompt";

    /// <summary>The field with the reply's text. <value>Default <c>text</c>.</value></summary>
    public string TextField { get; init; } = "text";

    /// <summary>
    /// The field with the prompt: a text, or an array of texts or of chat messages (<c>{"role": …, "content": …}</c>, the
    /// content a text or an array of parts); every message is a prompt text. Documents without it have no prompt. But if a
    /// name other than the default is chosen and no document has that field, reading fails, because with a misspelt name
    /// prompts would not be read and their contexts would be scored. Null: prompts are not read.
    /// <value>Default <c>prompt</c>.</value>
    /// </summary>
    public string? PromptField { get; init; } = DefaultPromptField;

    /// <summary>
    /// The field with the reply's token ids, an array of integers; the text field is then not read.
    /// <value>Default null: replies are text.</value>
    /// </summary>
    public string? TokensField { get; init; }

    /// <summary>
    /// The field with the prompt's token ids: an array of integers, or an array of such arrays. Where set, every
    /// document must have it (null or an empty array for no prompt), and the prompt field is not read.
    /// <value>Default null: prompts are text.</value>
    /// </summary>
    public string? PromptTokensField { get; init; }

    /// <summary>The field with the document's id, a text or a number. <value>Default <c>id</c>.</value></summary>
    public string IdField { get; init; } = "id";

    /// <summary>
    /// The share of malformed lines, 0 to 1, above which reading fails. It is checked at the end and, after the first 1,000
    /// lines, also during reading. Input of which no line can be read always fails. <value>Default 0.01.</value>
    /// </summary>
    public double MaxMalformedShare { get; init; } = 0.01;

    /// <summary>
    /// The longest line, CSV field or text file in bytes (CSV: characters); a longer one is malformed. One line is held at a
    /// time, so this bounds the memory. <value>Default 64 MiB.</value>
    /// </summary>
    public int MaxRecordLength { get; init; } = 64 << 20;

    /// <summary>Throws where a value is out of range.</summary>
    /// <exception cref="ArgumentException">A name is empty, the share is not in 0 … 1, or the length is not in 16 … 2^30.</exception>
    public void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(TextField, nameof(TextField));
        if (PromptField is { Length: 0 })
            throw new ArgumentException("The name of the prompt field is empty.", nameof(PromptField));
        ArgumentException.ThrowIfNullOrEmpty(IdField, nameof(IdField));
        if (TokensField is { Length: 0 })
            throw new ArgumentException("The name of the tokens field is empty.", nameof(TokensField));
        if (PromptTokensField is { Length: 0 })
            throw new ArgumentException("The name of the prompt tokens field is empty.", nameof(PromptTokensField));
        if (!(MaxMalformedShare >= 0 && MaxMalformedShare <= 1))
            throw new ArgumentOutOfRangeException(nameof(MaxMalformedShare), MaxMalformedShare, "The share must be from 0 to 1.");
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRecordLength, 16, nameof(MaxRecordLength));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxRecordLength, 1 << 30, nameof(MaxRecordLength));
    }
}
