using System.CommandLine;
using Watermark.Cli.Terminal;
using Watermark.NGrams;
using Watermark.Text.Documents;

namespace Watermark.Cli.Commands;

/// <summary>The options of every command that reads documents.</summary>
internal sealed class InputOptions
{
    private readonly Option<string> textField = new("--text-field") { HelpName = "NAME", Description = "JSON Lines and CSV: the field with the reply's text; a dot separates a member of an object.", DefaultValueFactory = _ => "text" };
    private readonly Option<string> promptField = new("--prompt-field") { HelpName = "NAME", Description = "The field with the prompt that the reply answers: text, or an array of messages.", DefaultValueFactory = _ => "prompt" };
    private readonly Option<string?> tokensField = new("--tokens-field") { HelpName = "NAME", Description = "The field with the reply's token ids, for replies that are already tokenized." };
    private readonly Option<string?> promptTokensField = new("--prompt-tokens-field") { HelpName = "NAME", Description = "The field with the prompt's token ids." };
    private readonly Option<string> idField = new("--id-field") { HelpName = "NAME", Description = "The field with the reply's id.", DefaultValueFactory = _ => "id" };
    private readonly Option<double> malformed = new("--max-malformed") { HelpName = "SHARE", Description = "The share of malformed lines above which the run stops.", DefaultValueFactory = _ => 0.01 };
    private readonly Option<int> threads = new("--threads") { HelpName = "N", Description = "The number of threads; results do not depend on it.", DefaultValueFactory = _ => Environment.ProcessorCount };

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        command.Options.Add(textField);
        command.Options.Add(promptField);
        command.Options.Add(tokensField);
        command.Options.Add(promptTokensField);
        command.Options.Add(idField);
        command.Options.Add(malformed);
        command.Options.Add(threads);
    }

    /// <summary>The reader options a user chose.</summary>
    /// <param name="parse">The parsed command line.</param>
    /// <param name="selection">Which n-grams count: prompts are read only if it leaves out their contexts.</param>
    public DocumentReaderOptions Reader(ParseResult parse, NGramSelection selection)
    {
        double share = parse.GetValue(malformed);
        if (!(share >= 0 && share <= 1))
            throw new InputFormatException("--max-malformed must be a share from 0 to 1.");
        return new DocumentReaderOptions
        {
            TextField = parse.GetValue(textField)!,
            PromptField = selection.ExcludePromptContexts ? parse.GetValue(promptField)! : null,
            TokensField = parse.GetValue(tokensField),
            PromptTokensField = selection.ExcludePromptContexts ? parse.GetValue(promptTokensField) : null,
            IdField = parse.GetValue(idField)!,
            MaxMalformedShare = share,
        };
    }

    /// <summary>The names of the options about documents that the user gave.</summary>
    /// <param name="parse">The parsed command line.</param>
    public IEnumerable<string> Given(ParseResult parse) =>
        new Option[] { textField, promptField, tokensField, promptTokensField, idField, malformed }.Where(option => parse.GetResult(option) is { Implicit: false }).Select(option => option.Name);

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
}
