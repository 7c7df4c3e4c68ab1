using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Watermark.Catalog;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Scoring;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Reporting;
using Watermark.Schemes;
using Watermark.Text;
using Watermark.Text.Documents;
using Watermark.Text.Tokenizers;

namespace Watermark.Cli.Commands;

/// <summary><c>watermark detect</c>: tests each document separately.</summary>
internal static class DetectCommand
{
    private const string Help = """
        Tests each document separately and writes one JSON line per document, in input order: tokens read, tokens scored,
        green tokens, natural log of the p-value (logP), z, natural log of the e-value (logE).

        Many documents make many tests: among 1,000 unmarked documents, about one has p < 0.001 by chance. To ask one
        question about a whole corpus, use 'verify'.

        Examples:
          watermark detect --key owner.wmkey replies.jsonl
          watermark detect --key owner.wmkey --tokens-field tokens --out scores.jsonl corpus/
          cat reply.txt | watermark detect --key owner.wmkey --positions -
        """;

    private static readonly JsonWriterOptions LineOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var keys = new KeyOptions();
        var inputs = CommonOptions.Inputs("Files, folders, or '-' for standard input.");
        var output = new Option<string?>("--out") { HelpName = "FILE", Description = "Write the lines to this file instead of standard output; the file appears when it is complete." };
        var positions = new Option<bool>("--positions") { Description = "Add the score of every position (null where none is scored)." };
        var selection = new SelectionOptions(DistinctScope.Document);
        var documents = new InputOptions();
        var force = CommonOptions.Force();
        var json = CommonOptions.Json();
        var command = new Command("detect", HelpText.Flow(Help)) { inputs, output, force, positions };
        keys.AddTo(command);
        selection.AddTo(command, keyed: true, withScope: false);
        documents.AddTo(command);
        command.Options.Add(json);
        command.SetAction((parse, cancellationToken) => CommonOptions.RunAsync(async () =>
        {
            string[] paths = parse.GetValue(inputs)!;
            if (paths.FirstOrDefault(SampleLoader.IsSample) is { } table)
                throw new InputFormatException($"{table}: a sample has no documents to test one by one; 'watermark verify --suspect' judges it as a whole.");
            StandardStreams.CheckInput(paths);
            OutputFile? target = parse.GetValue(output) is { } path ? OutputFile.Check(path, parse.GetValue(force), [.. paths, .. keys.Files(parse)]) : null;
            using KeyFile key = keys.Load(parse);
            using KeyedScheme scheme = key.ToKeyedScheme();
            TextTokenizer tokenizer = keys.LoadTokenizer(parse, key);
            NGramSelection rule = selection.Read(parse, key.Scheme) with { Scope = DistinctScope.Document };
            var detector = new WatermarkDetector(scheme, rule, tokenizer.SpecialTokens);
            var reader = new DocumentReader(documents.Reader(parse, rule));
            int threads = documents.Threads(parse);
            bool withPositions = parse.GetValue(positions);
            string? warning = string.Join(' ', new[] { key.Secret.Weakness }.OfType<string>()) is { Length: > 0 } text ? text : null;

            async Task Write(Stream stream)
            {
                IAsyncEnumerable<byte[]> lines = ParallelMap.OrderedAsync(
                    reader.Read(paths, cancellationToken),
                    document => Line(document, tokenizer, detector, withPositions, warning),
                    threads,
                    cancellationToken);
                await foreach (byte[] line in lines.ConfigureAwait(false))
                    await stream.WriteAsync(line, cancellationToken).ConfigureAwait(false);
            }

            if (target is not null)
            {
                await target.WriteAsync(Write, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                using Stream standardOutput = StandardStreams.OpenOutput();
                using var buffered = new BufferedStream(standardOutput, 1 << 16);
                await Write(buffered).ConfigureAwait(false);
            }

            return MalformedReport.Show(reader.Malformed, ConsoleOutput.ForProcess(json: true));
        }));
        return command;
    }

    private static byte[] Line(InputDocument document, TextTokenizer tokenizer, WatermarkDetector detector, bool withPositions, string? warning)
    {
        TokenizedDocument tokenized = DocumentTokenizer.Tokenize(document, tokenizer);
        using var memory = new MemoryStream(256);
        using (var writer = new Utf8JsonWriter(memory, LineOptions))
        {
            long?[]? scores = withPositions ? new long?[tokenized.Tokens.Length] : null;
            DetectionResult result = detector.Detect(tokenized.Tokens, tokenized.Prompts, scores);
            writer.WriteStartObject();
            writer.WriteString("id", document.Id);
            DetectionJson.WriteMembers(writer, result);
            if (warning is not null)
                writer.WriteString("warning", warning);
            if (scores is not null)
                DetectionJson.WritePositions(writer, scores, detector.Scheme.Scheme.Null);
            writer.WriteEndObject();
        }

        memory.WriteByte((byte)'\n');
        return memory.ToArray();
    }
}
