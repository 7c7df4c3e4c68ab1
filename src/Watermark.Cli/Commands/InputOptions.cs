using System.CommandLine;
using Watermark.Cli.Terminal;
using Watermark.NGrams;
using Watermark.Text.Conversations;
using Watermark.Text.Screening;
using Watermark.Text.Tokenizers;

namespace Watermark.Cli.Commands;

/// <summary>The options of every command that reads replies.</summary>
internal sealed class InputOptions
{
    private readonly Option<string?> textField = new("--text-field") { HelpName = "NAME", Description = "The field with the reply, where it is not found by itself; a dot separates a member of an object." };
    private readonly Option<string?> promptField = new("--prompt-field") { HelpName = "NAME", Description = "The field with the prompt that the reply answers: text, or messages." };
    private readonly Option<string?> tokensField = new("--tokens-field") { HelpName = "NAME", Description = "The field with the reply's token ids, for replies that are already tokenized." };
    private readonly Option<string?> promptTokensField = new("--prompt-tokens-field") { HelpName = "NAME", Description = "The field with the prompt's token ids." };
    private readonly Option<string?> idField = new("--id-field") { HelpName = "NAME", Description = "The field with the reply's id. Default: 'id' and its like." };
    private readonly Option<string[]> exclude = CommonOptions.Several(new Option<string[]>("--exclude") { HelpName = "FILE", Description = "Text that the suspects may have seen when they were asked, such as retrieved pages: what replies repeat of it is not scored." });
    private readonly Option<string> reasoning = new("--reasoning") { HelpName = "score|leave-out", Description = "Whether reasoning before a reply (<think>) is scored too, as a text of its own.", DefaultValueFactory = _ => "score" };
    private readonly Option<bool> promptsUnmarked = new(Verification.PromptsUnmarked) { Description = "You take responsibility that the prompts hold no marked text. Samples and findings state this." };
    private readonly Option<double> malformed = new("--max-malformed") { HelpName = "SHARE", Description = "The share of records that cannot be read above which the run stops.", DefaultValueFactory = _ => 0.01 };
    private readonly Option<int> threads = new("--threads") { HelpName = "N", Description = "The number of threads; results do not depend on it.", DefaultValueFactory = _ => Environment.ProcessorCount };

    // Read once, for any number of suspects, controls and keys.
    private (ExcludedText Text, IReadOnlyList<SampleInput> Inputs)? excluded;

    /// <summary>Creates the options.</summary>
    public InputOptions() => reasoning.AcceptOnlyFromAmong("score", "leave-out");

    private Option[] AboutReading => [textField, promptField, tokensField, promptTokensField, idField, exclude, reasoning, malformed];

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="threads">Whether it works on several threads.</param>
    public void AddTo(Command command, bool threads = true)
    {
        foreach (Option option in AboutReading)
            command.Options.Add(option);
        command.Options.Add(promptsUnmarked);
        if (threads)
            command.Options.Add(this.threads);
    }

    /// <summary>The reader options a user chose.</summary>
    /// <param name="parse">The parsed command line.</param>
    /// <param name="tokenizer">Turns text into ids; null where nothing is tokenized.</param>
    public ReplyReaderOptions Reader(ParseResult parse, TextTokenizer? tokenizer = null)
    {
        double share = parse.GetValue(malformed);
        if (!(share >= 0 && share <= 1))
            throw new InputFormatException("--max-malformed must be a share from 0 to 1.");
        return new ReplyReaderOptions
        {
            Fields = new ConversationFields
            {
                Text = Name(parse, textField),
                Prompt = Name(parse, promptField),
                Tokens = Name(parse, tokensField),
                PromptTokens = Name(parse, promptTokensField),
                Id = Name(parse, idField),
                ExpectsIds = tokenizer?.Name == TextTokenizer.Ids,
            },
            MaxUnreadShare = share,
        };
    }

    /// <summary>What is done to the text.</summary>
    /// <param name="parse">The parsed command line.</param>
    /// <param name="readPrompts">Whether rows of prompts are left out.</param>
    /// <param name="normalise">Whether the text is normalised.</param>
    public ReplyTextOptions Text(ParseResult parse, bool readPrompts, bool normalise) =>
        new() { ReadPrompts = readPrompts, ScoreReasoning = parse.GetValue(reasoning) == "score", Normalise = normalise };

    /// <summary>A new screening. Text to exclude is read once for all screenings of a command.</summary>
    /// <param name="parse">The parsed command line.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public ReplyScreening Screening(ParseResult parse, CancellationToken cancellationToken)
    {
        if (Excluded(parse) is not { Count: > 0 } paths)
            return new ReplyScreening(PromptsUnmarkedGiven(parse));
        (ExcludedText text, IReadOnlyList<SampleInput> inputs) = excluded ??= ReadExcluded(paths, cancellationToken);
        return new ReplyScreening(PromptsUnmarkedGiven(parse), text) { ExcludedInputs = inputs };
    }

    private static (ExcludedText Text, IReadOnlyList<SampleInput> Inputs) ReadExcluded(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var reader = new ReplyReader(new ReplyReaderOptions());
        var excluded = new ExcludedText();
        foreach (string text in reader.ReadTexts(paths, cancellationToken))
            excluded.Add(text);
        return (excluded, [.. reader.Inputs]);
    }

    /// <summary>The files of text to exclude.</summary>
    /// <param name="parse">The parsed command line.</param>
    public IReadOnlyList<string> Excluded(ParseResult parse) => parse.GetValue(exclude) ?? [];

    /// <summary>Whether the user vouches for the prompts.</summary>
    /// <param name="parse">The parsed command line.</param>
    public bool PromptsUnmarkedGiven(ParseResult parse) => parse.GetValue(promptsUnmarked);

    /// <summary>The names of the options about reading that the user gave.</summary>
    /// <param name="parse">The parsed command line.</param>
    public IEnumerable<string> Given(ParseResult parse) =>
        AboutReading.Where(option => parse.GetResult(option) is { Implicit: false }).Select(option => option.Name);

    /// <summary>The number of threads.</summary>
    /// <param name="parse">The parsed command line.</param>
    public int Threads(ParseResult parse)
    {
        int count = parse.GetValue(threads);
        if (count is < 1 or > 1024)
            throw new InputFormatException("--threads must be from 1 to 1024.");
        TerminationSignals.MakeRoomFor(count);
        return count;
    }

    private static string? Name(ParseResult parse, Option<string?> option) =>
        parse.GetValue(option) is { Length: 0 } ? throw new InputFormatException($"{option.Name}: the name of the field is empty.") : parse.GetValue(option);
}
