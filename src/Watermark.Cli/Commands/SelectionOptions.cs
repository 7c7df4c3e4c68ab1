using System.CommandLine;
using Watermark.NGrams;
using Watermark.Schemes;

namespace Watermark.Cli.Commands;

/// <summary>The options that decide which n-grams are scored.</summary>
internal sealed class SelectionOptions
{
    private readonly Option<string?> distinct = new("--distinct") { HelpName = "coins|ngrams|contexts|none", Description = "Count each coin once (default), each n-gram once, each context once, or every occurrence." };
    private readonly Option<string?> scope = new("--scope") { HelpName = "corpus|document", Description = "Look for repetitions in the whole corpus or within each document." };
    private readonly Option<int?> firstPosition = new("--first-position") { HelpName = "N", Description = "The first token position (from 0) that is scored." };
    private readonly Option<bool> scorePrompted = new("--score-prompted") { Description = "Also score n-grams whose context stands in the reply's own prompt, and do not read prompts. A model that copies a marked prompt then looks marked, so 'verify' concludes nothing from it without --prompts-unmarked." };
    private readonly Option<bool> asPublished = new("--as-published") { Description = "Count as the scheme's own publication does, except for selection options that are given too." };
    private readonly DistinctScope defaultScope;

    /// <summary>Creates the options.</summary>
    /// <param name="defaultScope">The scope where the user names none.</param>
    public SelectionOptions(DistinctScope defaultScope)
    {
        this.defaultScope = defaultScope;
        distinct.AcceptOnlyFromAmong("coins", "ngrams", "contexts", "none");
        scope.AcceptOnlyFromAmong("corpus", "document");
    }

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="keyed">Whether the command has a key, whose scheme has a published way of counting.</param>
    /// <param name="withScope">Whether a scope can be chosen.</param>
    public void AddTo(Command command, bool keyed, bool withScope)
    {
        command.Options.Add(distinct);
        if (withScope)
            command.Options.Add(scope);
        command.Options.Add(firstPosition);
        command.Options.Add(scorePrompted);
        if (keyed)
            command.Options.Add(asPublished);
    }

    /// <summary>The names of the options that the user gave.</summary>
    /// <param name="parse">The parsed command line.</param>
    public IEnumerable<string> Given(ParseResult parse) =>
        new Option[] { distinct, scope, firstPosition, scorePrompted, asPublished }.Where(option => parse.GetResult(option) is { Implicit: false }).Select(option => option.Name);

    /// <summary>The selection a user chose.</summary>
    /// <param name="parse">The parsed command line.</param>
    /// <param name="scheme">The key's scheme, or null in a keyless command.</param>
    public NGramSelection Read(ParseResult parse, WatermarkScheme? scheme)
    {
        bool published = scheme is not null && parse.GetValue(asPublished);
        NGramSelection selection = published
            ? scheme!.PublishedSelection
            : new NGramSelection { Scope = defaultScope, Padding = scheme?.Padding };
        if (parse.GetValue(distinct) is { } rule)
        {
            selection = selection with
            {
                Distinct = rule switch { "ngrams" => DistinctRule.NGrams, "contexts" => DistinctRule.Contexts, "none" => DistinctRule.None, _ => DistinctRule.Coins },
                ContextHistory = rule == "contexts" ? selection.ContextHistory : null,
            };
        }

        if (parse.GetValue(scope) is { } where)
        {
            selection = selection with
            {
                Scope = where == "document" ? DistinctScope.Document : DistinctScope.Corpus,
                ContextHistory = where == "document" ? selection.ContextHistory : null,
            };
        }

        if (parse.GetValue(firstPosition) is { } position)
        {
            if (position < 0)
                throw new InputFormatException("--first-position must be 0 or more.");
            selection = selection with { FirstPosition = position };
        }

        if (parse.GetValue(scorePrompted))
            selection = selection with { ExcludePromptContexts = false };
        selection.Validate();
        return selection;
    }
}
