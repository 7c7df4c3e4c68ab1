using System.Collections.Frozen;
using System.Text;

namespace Watermark.Text.Conversations;

/// <summary>What the members of records are called, in the files that people have.</summary>
internal static class Names
{
    private const int LongestShown = 40;
    private const int MostListed = 8;

    // Compared as keys. Where two of the exact names of replies hold different texts, the record does not say which is the
    // reply.
    private static readonly FrozenSet<string> ReplyKeys = Set(
        "text", "response", "responses", "output", "outputs", "completion", "completions", "reply", "replies", "answer", "generated_text",
        "generation", "generations", "generated", "model_output", "output_text", "prediction", "predictions", "result", "sampled", "assistant",
        "assistant_response", "model_response", "model_answer", "llm_output", "llm_response", "gpt", "resps", "filtered_resps", "bot");

    // The last words of names such as "student_answer". "response_a" counts too: one of several.
    private static readonly FrozenSet<string> ReplyWords = Set(
        "response", "responses", "output", "outputs", "completion", "completions", "reply", "replies", "answer", "answers", "generation",
        "generations", "generated", "prediction", "predictions", "continuation", "summary", "translation", "rewrite", "rewritten", "paraphrase",
        "story", "essay", "chosen", "rejected", "accepted", "preferred", "text", "solution");

    // A name with one of these words is no reply of the model that is asked about, whatever its last word.
    private static readonly FrozenSet<string> NoReplyWords = Set(
        "reference", "expected", "gold", "golden", "correct", "ground", "truth", "target", "ideal", "label", "human", "user", "prompt", "input",
        "question", "query", "instruction", "context", "source", "original", "system", "retrieved", "document", "passage", "article");

    private static readonly FrozenSet<string> PromptKeys = Set(
        "prompt", "prompts", "question", "query", "instruction", "instructions", "input", "inputs", "original_prompt", "full_prompt", "input_prompt",
        "user_prompt", "prompt_text", "text_prompt", "raw_prompt", "formatted_prompt", "final_prompt", "input_text", "user_question", "user_query",
        "user_message", "user_input", "user_instruction", "question_text", "query_text", "problem", "arguments");

    private static readonly FrozenSet<string> OtherPromptWords = Set("system", "developer", "negative", "judge", "judging", "grader", "grading", "eval", "evaluation", "evaluator", "critic", "template", "default", "base");

    // Names of prompts that often hold something else: the id of an account, the number of a request, the name of a task.
    private static readonly FrozenSet<string> UnsurePromptKeys = Set("user", "human", "request", "message", "task");

    private static readonly FrozenSet<string> SystemKeys = Set(
        "system", "system_prompt", "system_message", "system_instruction", "system_instructions", "developer", "developer_message", "preamble", "context");

    private static readonly FrozenSet<string> RequestKeys = Set("request", "req", "input", "inputs", "prompt", "kwargs", "params", "parameters", "doc", "query", "model_input", "llm_input", "request_body");

    private static readonly FrozenSet<string> WrapperKeys = Set("data", "body", "record", "example", "conversation", "row", "sample", "payload", "item", "json", "_source", "fields", "value", "log", "event", "entry", "run", "chat", "dialogue");

    private static readonly FrozenSet<string> MessageListKeys = Set(
        "messages", "conversations", "conversation", "dialogue", "dialog", "chat", "turns", "transcript", "chat_messages", "contents", "history", "chat_history");

    private static readonly FrozenSet<string> HistoryKeys = Set("history", "chat_history", "previous_messages", "message_history");

    // Words of names whose text the model was shown. A reply that equals such a text repeats it.
    private static readonly FrozenSet<string> ShownWords = Set(
        "document", "documents", "doc", "docs", "passage", "passages", "retrieved", "retrieval", "context", "contexts", "source", "sources", "evidence",
        "reference", "references", "search", "snippet", "snippets", "chunk", "chunks", "knowledge", "background", "article", "articles", "system", "tool",
        "tools", "prompt", "input", "inputs", "request", "question", "instruction", "attachments", "original");

    private static readonly FrozenSet<string> CopyWords = Set(
        "text", "response", "responses", "output", "outputs", "completion", "reply", "answer", "generated", "generation", "prediction", "result",
        "content", "message", "messages", "choices", "conversation", "conversations", "raw", "full", "rendered", "transcript", "assistant", "delta",
        "chat", "parsed", "clean", "cleaned", "filtered", "resps");

    /// <summary>A name for comparison: small letters and digits only, so that <c>generatedText</c> is <c>generated_text</c>.</summary>
    public static string Key(string name)
    {
        if (name.AsSpan().IndexOfAnyExceptInRange('a', 'z') < 0)
            return name;
        var key = new StringBuilder(name.Length);
        foreach (char character in name)
        {
            if (char.IsLetterOrDigit(character))
                key.Append(char.ToLowerInvariant(character));
        }

        return key.ToString();
    }

    /// <summary>A name as messages show it: short, and on one line.</summary>
    public static string Shown(string name)
    {
        var shown = new StringBuilder();
        foreach (char character in name.AsSpan(0, Math.Min(name.Length, LongestShown)))
            shown.Append(char.IsControl(character) || char.IsSurrogate(character) ? '?' : character);
        return name.Length > LongestShown ? shown.Append('…').ToString() : shown.ToString();
    }

    /// <summary>The first fields of a record, as messages show them.</summary>
    public static string Listed(Node record)
    {
        string names = string.Join(", ", record.Members.Take(MostListed).Select(member => $"'{Shown(member.Name)}'"));
        return names.Length == 0 ? "there are no fields" : names;
    }

    /// <summary>Whether this is a usual name of a reply.</summary>
    public static bool IsReply(string key) => ReplyKeys.Contains(key);

    /// <summary>Whether a name says in words that it is a reply: <c>student_answer</c>, <c>response_b</c>.</summary>
    public static bool SoundsLikeReply(string name)
    {
        List<string> words = Words(name);
        if (words.Count > 1 && (words[^1].Length == 1 || char.IsAsciiDigit(words[^1][0])))
            words.RemoveAt(words.Count - 1);
        return words.Count > 0 && ReplyWords.Contains(words[^1]) && !words.Exists(NoReplyWords.Contains);
    }

    /// <summary>Whether this is a usual name of what a reply answers.</summary>
    public static bool IsPrompt(string key) => PromptKeys.Contains(key);

    /// <summary>Whether a name says in words that it is a prompt: <c>story_prompt</c>. That of an operator or a judge is none.</summary>
    public static bool SoundsLikePrompt(string name)
    {
        List<string> words = Words(name);
        return words.Count > 1 && words[^1] == "prompt" && !words.Exists(OtherPromptWords.Contains);
    }

    /// <summary>Whether this is a name that is sometimes that of a prompt.</summary>
    public static bool MayBePrompt(string key) => UnsurePromptKeys.Contains(key);

    /// <summary>Whether this is a usual name of text by the operator.</summary>
    public static bool IsSystem(string key) => SystemKeys.Contains(key);

    /// <summary>Whether an object of this name is what was sent to the model.</summary>
    public static bool IsRequest(string key) => RequestKeys.Contains(key);

    /// <summary>Whether an object of this name is only a wrapping.</summary>
    public static bool IsWrapper(string key) => WrapperKeys.Contains(key);

    /// <summary>Whether this is a usual name of a list of messages.</summary>
    public static bool IsMessageList(string key) => MessageListKeys.Contains(key);

    /// <summary>Whether this is a usual name of the messages before a prompt.</summary>
    public static bool IsHistory(string key) => HistoryKeys.Contains(key);

    /// <summary>Whether a field of this name may hold the reply a second time: its path has a word of replies and none of what a model is shown.</summary>
    /// <param name="path">The names on the way to the field.</param>
    public static bool MayBeCopy(IEnumerable<string> path)
    {
        List<string> words = [.. path.SelectMany(Words)];
        return words.Exists(CopyWords.Contains) && !words.Exists(ShownWords.Contains);
    }

    /// <summary>The words of a name, in small letters: <c>modelOutput_2</c> is model, output, 2.</summary>
    private static List<string> Words(string name)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        for (int i = 0; i < name.Length; i++)
        {
            bool isNew = i > 0 && ((char.IsUpper(name[i]) && !char.IsUpper(name[i - 1])) || char.IsDigit(name[i]) != char.IsDigit(name[i - 1]));
            if ((isNew || !char.IsLetterOrDigit(name[i])) && word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }

            if (char.IsLetterOrDigit(name[i]))
                word.Append(char.ToLowerInvariant(name[i]));
        }

        if (word.Length > 0)
            words.Add(word.ToString());
        return words;
    }

    private static FrozenSet<string> Set(params string[] names) => names.Select(Key).ToFrozenSet(StringComparer.Ordinal);
}
