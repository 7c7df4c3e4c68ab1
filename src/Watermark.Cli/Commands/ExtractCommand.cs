using System.CommandLine;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.NGrams;
using Watermark.Text.Conversations;
using Watermark.Text.Tokenizers;

namespace Watermark.Cli.Commands;

/// <summary><c>watermark extract</c>: documents to a sample.</summary>
internal static class ExtractCommand
{
    private const string Help = """
        Reads documents and writes a sample: their distinct n-grams and those of their prompts. No key is needed, so it
        can run where the text is; 'verify' scores the sample where the key is.

        Examples:
          watermark extract --tokenizer cl100k_base --out suspect.ngrams replies.jsonl
          watermark extract --tokenizer cl100k_base --context-width 2 --out part-1.ngrams corpus/
          zcat more.jsonl.gz | watermark extract --tokenizer cl100k_base --out part-2.ngrams -
          watermark extract --tokenizer cl100k_base --row-limit 10000000 --out big.ngrams corpus/
        """;

    public static Command Create()
    {
        var output = new Option<string>("--out") { HelpName = "FILE", Description = "The sample to write.", Required = true };
        var tokenizer = new Option<string>("--tokenizer") { HelpName = "NAME|FILE", Description = $"The tokenizer of the mark, which is that of the key: {KeyOptions.Tokenizers}, or 'ids' for replies that are token ids.", Required = true };
        var width = new Option<int>("--context-width") { HelpName = "H", Description = "The context width: tokens of context that the mark depends on.", DefaultValueFactory = _ => 2 };
        var rowLimit = new Option<long?>("--row-limit") { HelpName = "N", Description = "Keep at most this many distinct n-grams, a uniform sample; limits memory to about 25 bytes for each." };
        var inputs = CommonOptions.Inputs("Files, folders, or '-' for standard input.");
        var selection = new SelectionOptions(DistinctScope.Corpus);
        var documents = new InputOptions();
        var padding = new Option<int?>("--padding") { HelpName = "ID", Description = "The token that fills contexts which begin before the text, for schemes that pad (vLLM: -1)." };
        var normalise = new Option<bool>("--normalise") { Description = "Read the text without what only changes token ids: NFC, plain spaces, no zero-width characters, Latin letters for look-alikes. The sample says so." };
        var force = CommonOptions.Force();
        var json = CommonOptions.Json();
        var command = new Command("extract", HelpText.Flow(Help)) { inputs, output, force, tokenizer, width, rowLimit, padding };
        selection.AddTo(command, keyed: false, withScope: true);
        documents.AddTo(command);
        command.Options.Add(normalise);
        command.Options.Add(json);
        command.SetAction((parse, cancellationToken) => CommonOptions.RunAsync(() =>
        {
            var console = ConsoleOutput.ForProcess(parse.GetValue(json));
            string[] paths = parse.GetValue(inputs)!;
            StandardStreams.CheckInput(paths);
            OutputFile target = OutputFile.Check(parse.GetValue(output)!, parse.GetValue(force), [.. paths, .. documents.Excluded(parse), KeyOptions.FileOf(parse.GetValue(tokenizer)!)]);
            TextTokenizer text = TextTokenizer.Load(parse.GetValue(tokenizer)!);
            NGramSelection rule = selection.Read(parse, null) with { Padding = parse.GetValue(padding) };
            ReplyTextOptions prepared = documents.Text(parse, rule.ExcludePromptContexts, parse.GetValue(normalise));
            SampleSchema schema = SampleLoader.Schema(parse.GetValue(width), rule, text, parse.GetValue(rowLimit), prepared.Preparation);
            (Sample sample, int exitCode) = SampleLoader.Extract(
                paths,
                schema,
                text,
                documents.Reader(parse, text),
                prepared,
                documents.Screening(parse, cancellationToken),
                documents.Threads(parse),
                console,
                "Reading",
                cancellationToken);
            target.Write(sample.Write);
            SampleReport.Write(target, SampleReport.Of(sample), console);
            return Task.FromResult(exitCode);
        }));
        return command;
    }
}
