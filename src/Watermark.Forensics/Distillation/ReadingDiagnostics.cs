using System.Globalization;
using Watermark.Forensics.Findings;
using Watermark.NGrams;

namespace Watermark.Forensics.Distillation;

/// <summary>
/// The guards of a finding about text: what was noticed while the replies were read, and whether a conclusion may rest on it.
/// An ordinary mistake with an innocent model's files must end here, not in an accusation.
/// </summary>
public static class ReadingDiagnostics
{
    /// <summary>The largest share of replies, and of their tokens, that may stand in a sample without a prompt.</summary>
    public const double ShareWithoutPrompt = 0.001;

    /// <summary>The largest share of replies that may repeat the end of their prompt and go on, or whose prompt looks cut.</summary>
    public const double ShareOfCutPrompts = 0.05;

    /// <summary>The largest share of runs of eight words that may stand in prompts of other replies.</summary>
    public const double ShareInOtherPrompts = 0.05;

    /// <summary>The largest share of replies that may have a prompt which very many replies share.</summary>
    public const double ShareWithCommonPrompt = 0.05;

    private const double ShareWorthNaming = 0.01;
    private const double ShareInOwnPromptWorthNaming = 0.2;
    private const double CharactersWorthNaming = 1e-4;

    /// <summary>The diagnostics of a sample of text that the suspect wrote.</summary>
    /// <param name="sample">The sample.</param>
    internal static IEnumerable<Diagnostic> Of(Sample sample)
    {
        bool isOld = sample.RowDocuments.IsEmpty && sample.Provenance.DocumentsWithPrompts == 0 && sample.RowCount > 0;
        return isOld && sample.Schema.Selection.ExcludePromptContexts
            ? [Diagnostic.Blocking(DiagnosticCodes.PromptsMissing, "The sample is of version 1 and does not say whether its replies came with their prompts: a model that copies a marked prompt looks marked.")]
            : Of(sample.Provenance, sample.Schema.Selection.ExcludePromptContexts);
    }

    /// <summary>The diagnostics.</summary>
    /// <param name="read">How the text was read.</param>
    /// <param name="excludesPrompts">Whether rows of prompts are left out, so that prompts are needed.</param>
    public static IReadOnlyList<Diagnostic> Of(SampleProvenance read, bool excludesPrompts = true)
    {
        ArgumentNullException.ThrowIfNull(read);
        return [.. Prompts(read, excludesPrompts), .. Repetition(read), .. Unread(read), .. Characters(read)];
    }

    private static IEnumerable<Diagnostic> Prompts(SampleProvenance read, bool excludesPrompts)
    {
        long missing = read.Documents - read.DocumentsWithPrompts;
        long tokens = read.Count(ReadingCounts.TokensWithoutPrompt);
        if (excludesPrompts && missing > 0)
        {
            bool blocks = missing > ShareWithoutPrompt * read.Documents || tokens > ShareWithoutPrompt * read.Tokens;
            string message = string.Create(CultureInfo.InvariantCulture, $"{missing:N0} of {read.Documents:N0} replies came without the prompt that they answer: a model that copies a marked prompt looks marked.");
            yield return new Diagnostic(DiagnosticCodes.PromptsMissing, blocks ? DiagnosticSeverity.Blocking : DiagnosticSeverity.Warning, message);
        }

        long common = read.Count(ReadingCounts.RepliesWithCommonPrompt);
        if (excludesPrompts && common > ShareWithCommonPrompt * read.Documents)
            yield return Diagnostic.Blocking(DiagnosticCodes.PromptsMissing, string.Create(CultureInfo.InvariantCulture, $"{common:N0} replies have recorded prompts that very many replies share, numbers aside: what each was really asked may not be recorded, and a quotation of it would count as the suspect's text."));

        if (read.Count(ReadingCounts.LeftOutWithoutPrompt) is > 0 and long leftOut)
            yield return Diagnostic.Warning(DiagnosticCodes.PromptsMissing, string.Create(CultureInfo.InvariantCulture, $"{leftOut:N0} replies came without the prompt that they answer and were left out."));

        long cut = read.Count(ReadingCounts.LeftOutPromptCut);
        long atLimit = read.Count(ReadingCounts.PromptTextsAtLimit);
        if (cut > 0)
        {
            yield return new Diagnostic(
                DiagnosticCodes.TruncatedInput,
                cut > ShareOfCutPrompts * (cut + read.Documents) ? DiagnosticSeverity.Blocking : DiagnosticSeverity.Warning,
                string.Create(CultureInfo.InvariantCulture, $"The recorded prompts of {cut:N0} replies end like cut text; these replies were left out, since a quotation of what was cut would count as the suspect's text."));
        }

        if (atLimit > ShareOfCutPrompts * read.Count(ReadingCounts.PromptTexts))
        {
            yield return Diagnostic.Blocking(
                DiagnosticCodes.TruncatedInput,
                string.Create(CultureInfo.InvariantCulture, $"{atLimit:N0} different prompts have exactly the same greatest length, as if they had been cut there: a quotation of what was cut would count as the suspect's text."));
        }
    }

    private static IEnumerable<Diagnostic> Repetition(SampleProvenance read)
    {
        long goingOn = read.Count(ReadingCounts.LeftOutGoingOn);
        if (goingOn > 0)
        {
            yield return new Diagnostic(
                DiagnosticCodes.ReplyInPrompt,
                goingOn > ShareOfCutPrompts * (goingOn + read.Documents) ? DiagnosticSeverity.Blocking : DiagnosticSeverity.Warning,
                string.Create(CultureInfo.InvariantCulture, $"{goingOn:N0} replies repeat the end of their recorded prompt and go on; they were left out, since a cut prompt would make what follows look like the suspect's text."));
        }

        if (read.Count(ReadingCounts.KeptByWaiver) is > 0 and long kept)
            yield return Diagnostic.Blocking(DiagnosticCodes.ReplyInPrompt, string.Create(CultureInfo.InvariantCulture, $"{kept:N0} replies whose recorded prompts look cut stand in the sample, because somebody vouched that no prompt holds marked text."));

        long words = read.Count(ReadingCounts.Words);
        long own = read.Count(ReadingCounts.WordsInOwnPrompt);
        if (own > ShareInOwnPromptWorthNaming * words)
            yield return Diagnostic.Warning(DiagnosticCodes.ReplyInPrompt, $"{Percent(own, words)} of the replies' words repeat their own prompts, in runs of at least eight words; these were not scored.");
        long runs = read.Count(ReadingCounts.Runs);
        long foreign = read.Count(ReadingCounts.RunsInOtherPrompts);
        if (foreign > ShareWorthNaming * runs)
        {
            yield return new Diagnostic(
                DiagnosticCodes.ReplyInPrompt,
                foreign > ShareInOtherPrompts * runs ? DiagnosticSeverity.Blocking : DiagnosticSeverity.Warning,
                $"{Percent(foreign, runs)} of the replies' text, in runs of eight words, stands in prompts of other replies: the prompts may be assigned to the wrong replies, or be incomplete.");
        }

        if (read.Count(ReadingCounts.RepeatedReplies) is > 0 and long repeated)
            yield return Diagnostic.Note(DiagnosticCodes.DuplicateInput, string.Create(CultureInfo.InvariantCulture, $"About {repeated:N0} replies stand in the inputs more than once; their n-grams count once."));
    }

    private static IEnumerable<Diagnostic> Unread(SampleProvenance read)
    {
        foreach ((string name, long count) in read.Reading.Where(one => one.Key.StartsWith(ReadingCounts.UnreadPrefix, StringComparison.Ordinal)))
        {
            string code = name[ReadingCounts.UnreadPrefix.Length..];
            string? why = code switch
            {
                DiagnosticCodes.RoleMismatch => "records were left out because the chosen field holds another role than the assistant's",
                DiagnosticCodes.TemplateInText => "records were left out because a chat template stands in their text that cannot be split safely",
                _ => null,
            };
            if (why is not null)
                yield return Diagnostic.Warning(code, string.Create(CultureInfo.InvariantCulture, $"{count:N0} {why}."));
        }

        long truncated = read.Count(ReadingCounts.TruncatedFiles);
        if (truncated > 0)
            yield return Diagnostic.Warning(DiagnosticCodes.TruncatedInput, string.Create(CultureInfo.InvariantCulture, $"{truncated:N0} input files broke off; only what stands before was read."));
        if (read.Count(ReadingCounts.UnfinishedReplies) is > 0 and long unfinished)
            yield return Diagnostic.Warning(DiagnosticCodes.TruncatedInput, string.Create(CultureInfo.InvariantCulture, $"{unfinished:N0} streamed replies end without their last chunk."));
        if (read.Unread > 0)
            yield return Diagnostic.Warning(DiagnosticCodes.UnreadRecords, string.Create(CultureInfo.InvariantCulture, $"{read.Unread:N0} records of the inputs could not be read and were left out."));
        if (read.Count(ReadingCounts.SkippedFiles) is > 0 and long skipped)
            yield return Diagnostic.Warning(DiagnosticCodes.UnreadRecords, string.Create(CultureInfo.InvariantCulture, $"{skipped:N0} files of the inputs were not read; 'watermark inspect' lists them with the reasons."));
    }

    private static IEnumerable<Diagnostic> Characters(SampleProvenance read)
    {
        long invisible = read.Count(ReadingCounts.InvisibleCharacters);
        long spaces = read.Count(ReadingCounts.OtherSpaces);
        long twins = read.Count(ReadingCounts.LookAlikes);
        if (invisible + spaces + twins > CharactersWorthNaming * read.Count(ReadingCounts.Characters))
        {
            yield return Diagnostic.Warning(
                DiagnosticCodes.InvisibleCharacters,
                string.Create(CultureInfo.InvariantCulture, $"The replies hold {invisible:N0} invisible characters, {spaces:N0} unusual spaces and {twins:N0} look-alike letters: they change token ids and hide a mark; --normalise adds a reading without them."));
        }

        long inserted = read.Count(ReadingCounts.RepliesWithInsertedTokens);
        if (inserted > ShareWorthNaming * read.Documents)
            yield return Diagnostic.Warning(DiagnosticCodes.InsertedTokens, string.Create(CultureInfo.InvariantCulture, $"In {inserted:N0} replies one token returns so often that it looks inserted, which hides a mark."));
    }

    private static string Percent(long part, long whole) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole:0.#} %");
}
