namespace Watermark.Text.Records;

/// <summary>What is done with one file of a folder or an archive.</summary>
/// <param name="Name">Its path within the folder or archive.</param>
/// <param name="Why">Why it is not read; null where it is.</param>
/// <param name="Partner">For a file that holds a reply: the file with its prompt. Null for all others.</param>
/// <param name="IsPrompt">Whether the file is read as the prompt of another.</param>
/// <param name="PairId">What prompt and reply have in common; null outside pairs.</param>
internal sealed record PlannedFile(string Name, string? Why = null, string? Partner = null, bool IsPrompt = false, string? PairId = null);

/// <summary>
/// Decides which text files of a folder or an archive are replies. Beside structured data they are notes; alone, each is a
/// reply, unless the names say that some hold prompts: those are paired with their replies, or asked about.
/// </summary>
internal static class TextPlan
{
    private static readonly string[] PromptWords = ["prompt", "question", "instruction", "query", "request", "user", "human"];
    private static readonly string[] ReplyWords = ["reply", "response", "answer", "completion", "output", "assistant"];
    private static readonly string[] Documentation = ["readme", "license", "licence", "notice", "changelog", "contributing", "authors", "copying"];

    /// <summary>Plans the files.</summary>
    /// <param name="where">The folder or archive, as messages name it.</param>
    /// <param name="files">The files with what they are.</param>
    /// <param name="named">Whether the user named each of the files, rather than what holds them.</param>
    /// <exception cref="InputFormatException">A file looks like a prompt, and its reply is not found.</exception>
    public static List<PlannedFile> Make(string where, IReadOnlyList<(string Name, ContentKind Kind, string? Why)> files, bool named = false)
    {
        bool data = !named && files.Any(static file => file.Kind is ContentKind.Records or ContentKind.Zip or ContentKind.Tar);
        string[] texts = [.. files.Where(file => file.Kind == ContentKind.Text && !(!named && IsDocumentation(file.Name))).Select(static file => file.Name)];
        Dictionary<string, PlannedFile> pairs = data ? [] : Pairs(where, texts);
        var planned = new List<PlannedFile>();
        foreach ((string name, ContentKind kind, string? why) in files)
        {
            if (kind == ContentKind.Refused)
                planned.Add(new PlannedFile(name, why));
            else if (kind == ContentKind.Empty && !named)
                planned.Add(new PlannedFile(name, "empty"));
            else if (kind != ContentKind.Text)
                planned.Add(new PlannedFile(name));
            else if (data)
                planned.Add(new PlannedFile(name, "text beside data files; name it to read it"));
            else if (pairs.TryGetValue(name, out PlannedFile? pair))
                planned.Add(pair);
            else if (!named && IsDocumentation(name))
                planned.Add(new PlannedFile(name, "notes on the other files; name it to read it"));
            else if (!named && pairs.Count > 0)
                planned.Add(new PlannedFile(name, "text beside pairs of prompt and reply; name it to read it"));
            else
                planned.Add(new PlannedFile(name));
        }

        return planned;
    }

    /// <summary>Whether a text file's name says that it holds prompts or replies.</summary>
    /// <param name="name">Its path.</param>
    public static bool HasRole(string name)
    {
        var found = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        Sort(name, [.. PromptWords, .. ReplyWords, "input"], found);
        return found.Count > 0;
    }

    private static bool IsDocumentation(string name) =>
        Documentation.Contains(Path.GetFileNameWithoutExtension(Compression.WithoutEndings(name.Replace('\\', '/').Split('/')[^1])), StringComparer.OrdinalIgnoreCase);

    private static Dictionary<string, PlannedFile> Pairs(string where, string[] texts)
    {
        var prompts = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        var replies = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        // "input" and "output" are also what a file of anything is called: they count only where both stand.
        var inputs = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (string text in texts)
        {
            Sort(text, PromptWords, prompts);
            Sort(text, ReplyWords, replies);
            Sort(text, ["input"], inputs);
        }

        foreach ((string key, List<string> names) in inputs)
        {
            if (!prompts.ContainsKey(key) && replies.ContainsKey(key))
                prompts.Add(key, names);
        }

        var pairs = new Dictionary<string, PlannedFile>(StringComparer.Ordinal);
        if (prompts.Count == 0)
            return pairs;
        foreach ((string key, List<string> names) in prompts)
        {
            if (names.Count != 1 || !replies.TryGetValue(key, out List<string>? answers) || answers.Count != 1 || answers[0] == names[0])
                throw new InputFormatException($"{where}: '{names[0]}' looks like a prompt, and {Lack(key, names, replies)}; expected one reply for every prompt, such as '001-prompt.txt' and '001-reply.txt', or JSON Lines with both.");
            pairs.Add(names[0], new PlannedFile(names[0], IsPrompt: true, PairId: key));
            pairs.Add(answers[0], new PlannedFile(answers[0], Partner: names[0], PairId: key));
        }

        foreach ((string key, List<string> names) in replies)
        {
            if (!prompts.ContainsKey(key))
                throw new InputFormatException($"{where}: '{names[0]}' looks like a reply, and no prompt belongs to it, though '{prompts.Values.First()[0]}' looks like a prompt; expected a prompt for every reply.");
        }

        return pairs;
    }

    private static string Lack(string key, List<string> names, SortedDictionary<string, List<string>> replies)
    {
        if (names.Count > 1)
            return $"so does '{names[1]}'";
        if (!replies.TryGetValue(key, out List<string>? answers))
            return replies.Count > 0 ? $"no reply belongs to it ('{replies.Values.First()[0]}' is that of another)" : "no reply belongs to it";
        return answers.Count > 1 ? $"both '{answers[0]}' and '{answers[1]}' look like its reply" : "its name also looks like a reply's";
    }

    /// <summary>Files a name under what remains when its role word is taken out, if it has one.</summary>
    private static void Sort(string name, string[] words, SortedDictionary<string, List<string>> byKey)
    {
        // A folder counts by its whole name, 'prompts', a file by any part of its name, '001-prompt.txt'.
        string[] path = Path.ChangeExtension(Compression.WithoutEndings(name.Replace('\\', '/')), null).Split('/');
        string[] parts = [.. path[..^1], .. path[^1].Split('-', '_', '.', ' ')];
        int at = Array.FindLastIndex(parts, part => Array.Exists(words, word => IsWord(part, word)));
        if (at < 0)
            return;
        string key = string.Join('-', parts.Where((part, index) => index != at && part.Length > 0));
        if (!byKey.TryGetValue(key, out List<string>? names))
            byKey.Add(key, names = []);
        names.Add(name);
    }

    private static bool IsWord(string part, string word) =>
        part.Equals(word, StringComparison.OrdinalIgnoreCase) || part.Equals(word + "s", StringComparison.OrdinalIgnoreCase)
        || (word[^1] == 'y' && part.Equals(word[..^1] + "ies", StringComparison.OrdinalIgnoreCase));
}
