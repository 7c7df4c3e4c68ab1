using System.Globalization;
using System.Text;
using System.Text.Json;
using Watermark.Text.Conversations.Templates;
using Watermark.Text.Records;

namespace Watermark.Text.Conversations;

/// <summary>
/// Joins the chunks of streamed replies: OpenAI (chat, completions, responses), Anthropic, Gemini, Ollama, llama.cpp and
/// text-generation-inference. Streams of OpenAI and Gemini may be interleaved, since their chunks name the reply; of the
/// others one is open at a time. A stream holds no prompt, but for that of the Responses API.
/// </summary>
/// <param name="fields">What the user says of the fields.</param>
internal sealed class StreamedReplies(ConversationFields fields)
{
    private const int MostOpen = 4096;

    private readonly Dictionary<string, Stream> open = new(StringComparer.Ordinal);
    private readonly LinkedList<Stream> order = new();

    /// <summary>Takes a record if it is a chunk.</summary>
    /// <param name="record">The record, an object.</param>
    /// <param name="source">Where it comes from.</param>
    /// <param name="counts">The counts of this record.</param>
    /// <param name="completed">The replies that it completes.</param>
    /// <returns>False where it is no chunk.</returns>
    public bool TryTake(Node record, SourceRecord source, MappingCounts counts, List<Conversation> completed)
    {
        bool isEvent = source.Format == SourceFormat.EventStream;
        string? type = record["type"]?.Text;
        var chunk = new Chunk(record, source.Place, counts, completed);
        bool taken = TakeChoices(chunk, isEvent) || TakeAnthropic(chunk, type) || TakeResponses(chunk, type) || TakeCandidates(chunk, isEvent) || TakeFlagged(chunk);
        if (taken && TokenFields.IsAsked(fields))
            throw new RecordFault("the record is a chunk of streamed text, expected token ids");
        while (order.Count > MostOpen)
            End(order.First!.Value, counts, completed, isFinished: false);
        return taken;
    }

    /// <summary>Takes the line that ends a stream: it says of which only where one is open.</summary>
    public void Done(MappingCounts counts, List<Conversation> completed)
    {
        if (order.Count == 1)
            End(order.First!.Value, counts, completed, isFinished: true);
    }

    /// <summary>Ends all streams: the file is at its end.</summary>
    /// <param name="counts">Counts what was met.</param>
    /// <param name="completed">Receives the replies.</param>
    /// <param name="refused">Is called for a reply that cannot be read with certainty, with the place of its first chunk.</param>
    public void Flush(MappingCounts counts, List<Conversation> completed, Action<RecordPlace, RecordFault> refused)
    {
        while (order.First is { } first)
        {
            try
            {
                End(first.Value, counts, completed, isFinished: false);
            }
            catch (RecordFault fault)
            {
                refused(first.Value.Place, fault);
            }
        }
    }

    private static string KeyOf(string id, int index) => string.Create(CultureInfo.InvariantCulture, $"{id}\n{index}");

    private bool TakeChoices(Chunk chunk, bool isEvent)
    {
        if (chunk.Record["choices"] is not { Kind: JsonValueKind.Array } choices)
            return false;
        bool isNamed = isEvent || chunk.Record["object"]?.Text?.EndsWith("chunk", StringComparison.Ordinal) == true;
        if (choices.Items.Count == 0)
            return isNamed; // The usage after the last chunk, or a filter's result before the first.
        string id = RecordId.Find(chunk.Record, fields.Id) ?? "";
        if (!choices.Items.All(choice => IsPart(choice, id, isNamed)))
            return false;
        for (int i = 0; i < choices.Items.Count; i++)
        {
            Node choice = choices.Items[i];
            int index = choice["index"]?.Number is { } number && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int own) ? own : i;
            Stream stream = Find(KeyOf(id, index), id, index, chunk);
            if (choice["delta"] is { Kind: JsonValueKind.Object } delta)
                stream.Add(Messages.ReadOne(delta, "delta", new RecordScope(chunk.Counts), Role.Assistant));
            else if (choice["text"] is { Kind: JsonValueKind.String } text)
                stream.Text.Append(text.Required("text"));
            if (choice["finishreason"] is { IsNull: false })
                End(stream, chunk.Counts, chunk.Completed, isFinished: true);
        }

        return true;
    }

    private bool IsPart(Node choice, string id, bool isNamed)
    {
        if (choice["delta"] is not null)
            return true;
        if (choice["text"] is null)
            return false;
        return isNamed || choice["finishreason"] is { IsNull: true } || (id.Length > 0 && open.Keys.Any(key => key.StartsWith(id + "\n", StringComparison.Ordinal)));
    }

    private bool TakeAnthropic(Chunk chunk, string? type)
    {
        const string Key = "anthropic";
        switch (type)
        {
            case "message_start" when chunk.Record["message"] is { } message:
                EndIfOpen(Key, chunk);
                Find(Key, RecordId.Find(message, null) ?? "", 0, chunk);
                return true;
            case "content_block_start" when chunk.Record["contentblock"] is { } block:
                Find(Key, "", 0, chunk).Add(Messages.Say(Role.Assistant, block, "content_block", new RecordScope(chunk.Counts)));
                return true;
            case "content_block_delta" when chunk.Record["delta"] is { } delta:
                Stream stream = Find(Key, "", 0, chunk);
                stream.Text.Append(delta["text"]?.Required("delta.text"));
                stream.Reasoning.Append(delta["thinking"]?.Required("delta.thinking"));
                return true;
            case "message_stop":
                EndIfOpen(Key, chunk, isFinished: true);
                return true;
            case "ping" or "content_block_stop" or "message_delta":
                return true;
            case "error" when open.ContainsKey(Key):
                EndIfOpen(Key, chunk);
                return true;
            default:
                return false;
        }
    }

    private bool TakeResponses(Chunk chunk, string? type)
    {
        const string Key = "responses";
        if (type?.StartsWith("response.", StringComparison.Ordinal) != true)
            return false;
        Node? response = chunk.Record["response"];
        if (type == "response.created")
        {
            EndIfOpen(Key, chunk);
            Stream started = Find(Key, response is null ? "" : RecordId.Find(response, null) ?? "", 0, chunk);
            var scope = new RecordScope(chunk.Counts);
            if (response?["instructions"] is { IsNull: false } instructions)
                PromptReader.Add(instructions, Role.System, "instructions", scope, started.Prompt);
            if (response?["input"] is { IsNull: false } input)
                PromptReader.Add(input, Role.User, "input", scope, started.Prompt);
        }
        else if (type is "response.output_text.delta" or "response.refusal.delta")
        {
            Find(Key, "", 0, chunk).Text.Append(chunk.Record["delta"]?.Required("delta"));
        }
        else if (type is "response.reasoning_text.delta" or "response.reasoning_summary_text.delta")
        {
            Find(Key, "", 0, chunk).Reasoning.Append(chunk.Record["delta"]?.Required("delta"));
        }
        else if (type is "response.completed" or "response.incomplete" or "response.failed")
        {
            Stream stream = Find(Key, response is null ? "" : RecordId.Find(response, null) ?? "", 0, chunk);
            if (stream.Text.Length == 0 && response is not null && ReplyValues.ReadAnswer(response, "response", new RecordScope(chunk.Counts), out _, out _) is [[{ } whole, ..], ..])
                stream.Add(whole);
            End(stream, chunk.Counts, chunk.Completed, isFinished: type == "response.completed");
        }

        return true;
    }

    private bool TakeCandidates(Chunk chunk, bool isEvent)
    {
        if (chunk.Record["candidates"] is not { Items.Count: > 0 } candidates || !candidates.Items.All(ReplyValues.IsCandidate))
            return false;
        string id = chunk.Record["responseid"]?.Text ?? "gemini";
        if (!isEvent && candidates.Items.All(item => item["finishreason"] is { IsNull: false }) && !open.ContainsKey(KeyOf(id, 0)))
            return false;
        for (int i = 0; i < candidates.Items.Count; i++)
        {
            Stream stream = Find(KeyOf(id, i), id == "gemini" ? "" : id, i, chunk);
            if (candidates.Items[i]["content"] is { Kind: JsonValueKind.Object } content)
                stream.Add(Messages.ReadOne(content, "content", new RecordScope(chunk.Counts), Role.Assistant));
            if (candidates.Items[i]["finishreason"] is { IsNull: false })
                End(stream, chunk.Counts, chunk.Completed, isFinished: true);
        }

        return true;
    }

    /// <summary>Ollama (<c>done</c>), llama.cpp (<c>stop</c>) and text-generation-inference (<c>token</c>).</summary>
    private bool TakeFlagged(Chunk chunk)
    {
        Node record = chunk.Record;
        if (record["token"] is { Kind: JsonValueKind.Object } token && token["text"] is { } word)
        {
            Stream generated = Find("token", "", 0, chunk);
            if (token["special"]?.Kind != JsonValueKind.True)
                generated.Text.Append(word.Required("token.text"));
            if (record["generatedtext"] is { IsNull: false })
                End(generated, chunk.Counts, chunk.Completed, isFinished: true);
            return true;
        }

        Node? flag = record["done"] ?? (record["content"] is { Kind: JsonValueKind.String } ? record["stop"] : null);
        string key = record["done"] is null ? "stop" : "done";
        if (flag?.Kind is not (JsonValueKind.True or JsonValueKind.False) || (flag.Kind == JsonValueKind.True && !open.ContainsKey(key)))
            return false;
        if (record["response", "content"] is { Kind: JsonValueKind.String } said)
            Find(key, "", 0, chunk).Text.Append(said.Required("response"));
        else if (record["message"] is { Kind: JsonValueKind.Object } message)
            Find(key, "", 0, chunk).Add(Messages.ReadOne(message, "message", new RecordScope(chunk.Counts), Role.Assistant));
        if (flag.Kind == JsonValueKind.True)
            EndIfOpen(key, chunk, isFinished: true);
        return true;
    }

    private Stream Find(string key, string id, int index, Chunk chunk)
    {
        if (open.TryGetValue(key, out Stream? stream))
            return stream;
        string name = id.Length > 0 ? id : chunk.Place.Id;
        stream = new Stream(key, index == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}#{index + 1}"), chunk.Place);
        open.Add(key, stream);
        order.AddLast(stream.Position);
        return stream;
    }

    private void EndIfOpen(string key, Chunk chunk, bool isFinished = false)
    {
        if (open.TryGetValue(key, out Stream? stream))
            End(stream, chunk.Counts, chunk.Completed, isFinished);
    }

    private void End(Stream stream, MappingCounts counts, List<Conversation> completed, bool isFinished)
    {
        open.Remove(stream.Key);
        order.Remove(stream.Position);
        counts.UnfinishedStreams += isFinished ? 0 : 1;
        var reply = new Turn(Role.Assistant, stream.Text.ToString()) { Reasoning = stream.Reasoning.Length == 0 ? null : stream.Reasoning.ToString() };
        completed.Add(new Conversation
        {
            Id = stream.Id,
            Place = stream.Place,
            Shape = "streamed chunks",
            Turns = [.. stream.Prompt, .. ReplyText.Read(reply, TextOrigin.Message, counts)],
            HasPrompt = stream.Prompt.Exists(Replies.Asks),
        });
    }

    private readonly record struct Chunk(Node Record, RecordPlace Place, MappingCounts Counts, List<Conversation> Completed);

    /// <summary>A reply that is not at its end.</summary>
    private sealed class Stream
    {
        public Stream(string key, string id, RecordPlace place)
        {
            (Key, Id, Place) = (key, id, place);
            Position = new LinkedListNode<Stream>(this);
        }

        public string Key { get; }

        public string Id { get; }

        public RecordPlace Place { get; }

        public LinkedListNode<Stream> Position { get; }

        public StringBuilder Text { get; } = new();

        public StringBuilder Reasoning { get; } = new();

        public List<Turn> Prompt { get; } = [];

        public void Add(Turn turn)
        {
            if (turn.Role != Role.Assistant)
                throw new RecordFault(RecordFault.RoleMismatch, "the chunk has another role than the assistant's, expected a part of a reply");
            Text.Append(turn.Text);
            Reasoning.Append(turn.Reasoning);
        }
    }
}
