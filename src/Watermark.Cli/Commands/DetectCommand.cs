using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Watermark.Catalog;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Findings;
using Watermark.Scoring;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Forensics.Json;
using Watermark.Schemes;
using Watermark.Text;
using Watermark.Text.Conversations;
using Watermark.Text.Screening;
using Watermark.Text.Tokenizers;

namespace Watermark.Cli.Commands;

/// <summary><c>watermark detect</c>: tests each document separately.</summary>
internal static class DetectCommand
{
    private const string Help = """
        Tests each document separately and writes one JSON line per document, in input order: tokens read, tokens scored,
        green tokens, natural log of the p-value (logP), z, natural log of the e-value (logE).

        "diagnostics" names what speaks against a line: 'prompts-missing' where no prompt came with the reply, and
        'reply-in-prompt' where the reply repeats a prompt that may have been cut. Reasoning has a line of its own
        (id/reasoning).

        Many documents make many tests: among 1,000 unmarked documents, about one has p < 0.001 by chance. To ask one
        question about a whole corpus, use 'verify'.

        --receipt writes a signed receipt of one text for anyone to check ('watermark receipt'). It says no more than too short
        (below 200 tokens), no mark found, undecided or mark found (at most 1 of 1,000,000 unmarked texts), unless
        --receipt-detail expert is given. It needs a compliance key, since open answers teach how to write a key's mark.

        Examples:
          watermark detect --key owner.wmkey replies.jsonl
          watermark detect --key owner.wmkey --tokens-field tokens --out scores.jsonl ids.jsonl
          cat reply.txt | watermark detect --key owner.wmkey --positions -
          watermark detect --key public.wmkey --receipt receipt.json --signer signer.pem reply.txt
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
        var normalise = new Option<bool>("--normalise") { Description = "Add the result of the normalised text (member 'normalised'): NFC, plain spaces, no zero-width characters, Latin letters for look-alikes." };
        var receipts = new ReceiptOptions();
        var force = CommonOptions.Force();
        var json = CommonOptions.Json();
        var command = new Command("detect", HelpText.Flow(Help)) { inputs, output, force, positions };
        keys.AddTo(command);
        selection.AddTo(command, keyed: true, withScope: false);
        documents.AddTo(command);
        command.Options.Add(normalise);
        receipts.AddTo(command);
        command.Options.Add(json);
        command.SetAction((parse, cancellationToken) => CommonOptions.RunAsync(async () =>
        {
            string[] paths = parse.GetValue(inputs)!;
            if (paths.FirstOrDefault(SampleLoader.IsSample) is { } table)
                throw new InputFormatException($"{table}: a sample has no documents to test one by one; 'watermark verify --suspect' judges it as a whole.");
            StandardStreams.CheckInput(paths);
            OutputFile? receiptFile = receipts.Check(parse, parse.GetValue(force), paths);
            OutputFile? target = parse.GetValue(output) is { } path ? OutputFile.Check(path, parse.GetValue(force), [.. paths, .. keys.Files(parse), .. documents.Excluded(parse)]) : null;
            using KeyFile key = keys.Load(parse);
            using KeyedScheme scheme = key.ToKeyedScheme();
            TextTokenizer tokenizer = keys.LoadTokenizer(parse, key.Tokenizer, key.TokenizerHash);
            NGramSelection rule = selection.Read(parse, key.Scheme) with { Scope = DistinctScope.Document };
            if (receiptFile is not null)
                ReceiptOptions.CheckTest(key, rule);
            var detector = new WatermarkDetector(scheme, rule, tokenizer.SpecialTokens);
            var reader = new ReplyReader(documents.Reader(parse, tokenizer));
            ReplyScreening screening = documents.Screening(parse, cancellationToken);
            ReplyTokenizer[] readings =
            [
                .. (parse.GetValue(normalise) ? new[] { false, true } : [false]).Select(normalised => new ReplyTokenizer(tokenizer, screening, documents.Text(parse, rule.ExcludePromptContexts, normalised))),
            ];
            int threads = documents.Threads(parse);
            bool withPositions = parse.GetValue(positions);
            string? warning = string.Join(' ', new[] { key.Secret.Weakness }.OfType<string>()) is { Length: > 0 } text ? text : null;

            IEnumerable<Reply> replies = reader.Read(paths, null, cancellationToken);
            Reply? only = receiptFile is null ? null : ReceiptOptions.Only(replies);
            DetectionResult tested = default;

            async Task Write(Stream stream)
            {
                IAsyncEnumerable<byte[]> lines = ParallelMap.OrderedAsync(
                    only is null ? replies : [only],
                    reply => Lines(reply, readings, rule.ExcludePromptContexts, detector, withPositions, warning, result => tested = only is null ? default : result),
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

            if (receiptFile is not null)
                receipts.Write(parse, receiptFile, key, only!, reader.Inputs[0], tested);
            ReadingSummary.Write(reader.Report, ConsoleOutput.ForProcess(parse.GetValue(json)));
            return reader.Report.TruncatedFiles.Count == 0 ? ExitCodes.Done : ExitCodes.BadInput;
        }));
        return command;
    }

    private static byte[] Lines(
        Reply reply, ReplyTokenizer[] readings, bool readsPrompts, WatermarkDetector detector, bool withPositions, string? warning, Action<DetectionResult> tested)
    {
        TokenizedReply[] read = [.. readings.Select(tokenizer => tokenizer.Tokenize(reply))];
        using var memory = new MemoryStream(256);
        if (read[0].Reasoning is not null)
            Line("/reasoning", one => one.Reasoning!);
        Line(string.Empty, one => one.Tokens);
        return memory.ToArray();

        void Line(string part, Func<TokenizedReply, int[]> tokensOf)
        {
            using (var writer = new Utf8JsonWriter(memory, LineOptions))
            {
                int[] tokens = tokensOf(read[0]);
                long?[]? scores = withPositions ? new long?[tokens.Length] : null;
                DetectionResult result = detector.Detect(tokens, read[0].Prompts, scores);
                if (part.Length == 0)
                    tested(result);
                writer.WriteStartObject();
                writer.WriteString("id", reply.Id + part);
                DetectionJson.WriteMembers(writer, result);
                if (read.Length > 1)
                {
                    writer.WriteStartObject("normalised");
                    DetectionJson.WriteMembers(writer, detector.Detect(tokensOf(read[1]), read[1].Prompts, null));
                    writer.WriteEndObject();
                }

                writer.WriteStartArray("diagnostics");
                if (readsPrompts && !read[0].HasPrompt)
                    writer.WriteStringValue(DiagnosticCodes.PromptsMissing);
                if (read[0].IsLeftOut)
                    writer.WriteStringValue(DiagnosticCodes.ReplyInPrompt);
                writer.WriteEndArray();
                if (warning is not null)
                    writer.WriteString("warning", warning);
                if (scores is not null)
                    DetectionJson.WritePositions(writer, scores, detector.Scheme.Scheme.Null);
                writer.WriteEndObject();
            }

            memory.WriteByte((byte)'\n');
        }
    }
}
