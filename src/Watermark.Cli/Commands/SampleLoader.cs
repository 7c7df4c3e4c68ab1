using Watermark.Cli.Terminal;
using Watermark.NGrams;
using Watermark.Text;
using Watermark.Text.Conversations;
using Watermark.Text.Screening;
using Watermark.Text.Tokenizers;

namespace Watermark.Cli.Commands;

/// <summary>Makes a sample from the user's input: replies, or a sample made earlier.</summary>
internal static class SampleLoader
{
    /// <summary>Whether a path names a sample.</summary>
    /// <param name="path">The path.</param>
    public static bool IsSample(string path) => path.EndsWith(".ngrams", StringComparison.OrdinalIgnoreCase);

    /// <summary>What to collect for a mark.</summary>
    /// <param name="contextWidth">h.</param>
    /// <param name="selection">Which n-grams count.</param>
    /// <param name="tokenizer">Turns text into ids; its special tokens are left out.</param>
    /// <param name="rowLimit">The largest number of distinct n-grams to keep, or null.</param>
    /// <param name="preparation">What is done to the text.</param>
    public static SampleSchema Schema(int contextWidth, NGramSelection selection, TextTokenizer tokenizer, long? rowLimit, string preparation)
    {
        if (contextWidth is < 0 or > 16)
            throw new InputFormatException("--context-width must be from 0 to 16.");
        if (rowLimit < 1)
            throw new InputFormatException("--row-limit must be 1 or more.");
        var schema = new SampleSchema
        {
            ContextWidth = contextWidth,
            Selection = selection,
            // Tokenizers are compared by content; the sample must not reveal the folder on this machine.
            Tokenizer = Path.GetFileName(Path.TrimEndingDirectorySeparator(tokenizer.Name)),
            TokenizerHash = tokenizer.ContentHash,
            SpecialTokens = tokenizer.SpecialTokens,
            RowLimit = rowLimit,
            Preparation = preparation,
        };
        schema.Validate();
        return schema;
    }

    /// <summary>Reads replies, shows what was read, and extracts their sample.</summary>
    /// <param name="inputs">Files, folders or <c>-</c>.</param>
    /// <param name="schema">What to collect.</param>
    /// <param name="tokenizer">Turns text into ids.</param>
    /// <param name="reading">How replies are read.</param>
    /// <param name="text">What is done to their text.</param>
    /// <param name="screening">Looks at every reply.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="console">Shows progress and what was read.</param>
    /// <param name="label">What the progress bar says.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The sample, and the exit code: bad input where a file broke off.</returns>
    public static (Sample Sample, int ExitCode) Extract(
        IReadOnlyList<string> inputs,
        SampleSchema schema,
        TextTokenizer tokenizer,
        ReplyReaderOptions reading,
        ReplyTextOptions text,
        ReplyScreening screening,
        int threads,
        ConsoleOutput console,
        string label,
        CancellationToken cancellationToken)
    {
        if (inputs.FirstOrDefault(IsSample) is { } ready)
            throw new InputFormatException($"{ready}: a sample (.ngrams) cannot be extracted from again; 'watermark merge' joins samples.");
        var reader = new ReplyReader(reading);
        Sample sample = console.WithProgress(label, (progress, token) => Read(progress, token), cancellationToken);
        ReadingSummary.Write(reader.Report, console);
        return (sample, reader.Report.TruncatedFiles.Count == 0 ? ExitCodes.Done : ExitCodes.BadInput);

        Sample Read(IProgress<double> progress, CancellationToken token)
        {
            try
            {
                Sample extracted = CorpusExtraction.Extract(
                    reader.Read(inputs, progress, token), new ReplyTokenizer(tokenizer, screening, text), schema, threads, token);
                return extracted.WithInputs([.. reader.Inputs, .. screening.ExcludedInputs], ReplySurvey.ReadingOf(reader, screening));
            }
            catch (InvalidOperationException exception)
            {
                throw new InputFormatException(exception.Message, exception);
            }
        }
    }

    /// <summary>Reads one sample; an error message names the file.</summary>
    /// <param name="path">The file.</param>
    public static Sample ReadSample(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return NamedFile.Read(path, () => Sample.Read(stream));
    }
}
