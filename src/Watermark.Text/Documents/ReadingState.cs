namespace Watermark.Text.Documents;

/// <summary>State that the formats share during one <see cref="DocumentReader.Read"/>.</summary>
/// <param name="options">How documents are read.</param>
/// <param name="malformed">Where faults are counted.</param>
/// <param name="cancellationToken">Stops between records.</param>
internal sealed class ReadingState(DocumentReaderOptions options, MalformedInput malformed, CancellationToken cancellationToken)
{
    private bool hadFields;
    private bool hadPrompt;

    public DocumentReaderOptions Options => options;

    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>Counts a record that was read.</summary>
    /// <param name="fields">Whether its format has fields.</param>
    /// <param name="prompt">Whether it has the prompt field.</param>
    public void Good(bool fields, bool prompt)
    {
        hadFields |= fields;
        hadPrompt |= prompt;
        malformed.AddGood();
        malformed.Judge(options.MaxMalformedShare, atEnd: false);
    }

    /// <summary>Counts a record that could not be read.</summary>
    /// <param name="source">The file.</param>
    /// <param name="line">Its line.</param>
    /// <param name="fault">What is wrong and what was expected.</param>
    public void Bad(InputSource source, long line, string fault)
    {
        malformed.AddBad(source.Path, line, fault);
        malformed.Judge(options.MaxMalformedShare, atEnd: false);
    }

    /// <summary>Notes that a file broke off.</summary>
    /// <param name="source">The file.</param>
    /// <param name="line">The line at which it broke off.</param>
    /// <param name="fault">Why.</param>
    public void BrokenOff(InputSource source, long line, string fault) =>
        malformed.AddIncomplete(source.Path, line, $"{fault}, expected more; what was read before counts");

    /// <summary>Checks the whole input at its end.</summary>
    public void End()
    {
        malformed.Judge(options.MaxMalformedShare, atEnd: true);
        if (options.PromptTokensField is null && options.PromptField is not (null or DocumentReaderOptions.DefaultPromptField) && hadFields && !hadPrompt)
            throw new InputFormatException($"No document has the prompt field '{options.PromptField}'; is the name right?");
    }
}
