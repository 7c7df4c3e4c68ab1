using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Watermark.Cli.Terminal;
using Watermark.Text;
using Watermark.Text.Conversations;
using Watermark.Text.Screening;
using Watermark.Text.Tokenizers;

namespace Watermark.Cli.Commands;

/// <summary><c>watermark tokenize</c>: the token ids that detection scores, for comparing with the model's own tokenizer.</summary>
internal static class TokenizeCommand
{
    private const string Help = """
        Writes the token ids of every reply, one JSON line each: {"id": …, "ids": […]}. These are the ids that detection
        scores; compare them with those of the model's own tokenizer. The ids of reasoning before a reply stand in a member of
        their own, "reasoning".

        Examples:
          watermark tokenize --tokenizer cl100k_base replies.jsonl
          watermark tokenize --tokenizer model/tokenizer.json replies.jsonl
        """;

    private static readonly JsonWriterOptions LineOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var inputs = CommonOptions.Inputs("Files, folders, or '-' for standard input.");
        var tokenizer = new Option<string>("--tokenizer") { HelpName = "NAME|FILE", Description = $"The tokenizer: {KeyOptions.Tokenizers}.", Required = true };
        var normalise = new Option<bool>("--normalise") { Description = "Normalise the text first, as 'verify --normalise' does." };
        var documents = new InputOptions();
        var json = CommonOptions.Json();
        var command = new Command("tokenize", HelpText.Flow(Help)) { inputs, tokenizer, normalise };
        documents.AddTo(command);
        command.Options.Add(json);
        command.SetAction((parse, cancellationToken) => CommonOptions.RunAsync(async () =>
        {
            StandardStreams.CheckInput(parse.GetValue(inputs)!);
            TextTokenizer text = TextTokenizer.Load(parse.GetValue(tokenizer)!);
            var reader = new ReplyReader(documents.Reader(parse, text));
            var replies = new ReplyTokenizer(text, new ReplyScreening(), documents.Text(parse, readPrompts: false, parse.GetValue(normalise)));
            using Stream standardOutput = StandardStreams.OpenOutput();
            using var buffered = new BufferedStream(standardOutput, 1 << 16);
            IAsyncEnumerable<byte[]> lines = ParallelMap.OrderedAsync(
                reader.Read(parse.GetValue(inputs)!, null, cancellationToken), reply => Line(replies.Tokenize(reply)), documents.Threads(parse), cancellationToken);
            await foreach (byte[] line in lines.ConfigureAwait(false))
                await buffered.WriteAsync(line, cancellationToken).ConfigureAwait(false);
            await buffered.FlushAsync(cancellationToken).ConfigureAwait(false);
            ReadingSummary.Write(reader.Report, ConsoleOutput.ForProcess(parse.GetValue(json)));
            return reader.Report.TruncatedFiles.Count == 0 ? ExitCodes.Done : ExitCodes.BadInput;
        }));
        return command;
    }

    private static byte[] Line(TokenizedReply reply)
    {
        using var memory = new MemoryStream(256);
        using (var writer = new Utf8JsonWriter(memory, LineOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("id", reply.Id);
            Write("ids", reply.Tokens);
            if (reply.Reasoning is { } reasoning)
                Write("reasoning", reasoning);
            writer.WriteEndObject();

            void Write(string name, int[] ids)
            {
                writer.WriteStartArray(name);
                foreach (int token in ids)
                    writer.WriteNumberValue(token);
                writer.WriteEndArray();
            }
        }

        memory.WriteByte((byte)'\n');
        return memory.ToArray();
    }
}
