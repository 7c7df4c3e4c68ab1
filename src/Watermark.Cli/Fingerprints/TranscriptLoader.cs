using System.Globalization;
using Watermark.Cli.Commands;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.NGrams;
using Watermark.Text;
using Watermark.Text.Conversations;

namespace Watermark.Cli.Fingerprints;

/// <summary>
/// Reads replies to the prompts of a design from files of any format that the tool reads. A reply counts where the text of its
/// prompt is the design's: an id alone says nothing, since other runs use the same ids. What stood before the prompt goes with the reply.
/// </summary>
/// <param name="prompts">The texts of the prompts by their ids.</param>
/// <param name="options">How replies are read.</param>
/// <param name="console">Where it is said what was read.</param>
internal sealed class TranscriptLoader(IReadOnlyDictionary<string, string> prompts, ReplyReaderOptions options, ConsoleOutput console)
{
    private readonly Dictionary<string, string> ids = prompts.ToDictionary(prompt => Normal(prompt.Value), prompt => prompt.Key, StringComparer.Ordinal);

    /// <summary>Reads a model's replies.</summary>
    /// <param name="input">Whose replies, and where they lie.</param>
    /// <param name="role"><c>suspect</c> or <c>control</c>.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="InputFormatException">No reply answers a prompt of the design.</exception>
    public Transcript Load(NamedInput input, string role, CancellationToken cancellationToken)
    {
        if (input.Paths.FirstOrDefault(SampleLoader.IsSample) is { } sample)
            throw new InputFormatException($"{sample}: a sample holds n-grams, and this method needs the replies themselves.");
        var reader = new ReplyReader(options);
        var replies = new List<TranscriptReply>();
        var taken = new HashSet<(string Prompt, int Sample)>();
        long others = 0;
        foreach (Reply reply in reader.Read(input.Paths, null, cancellationToken))
        {
            if (reply.PromptTexts.Count == 0 || !ids.TryGetValue(Normal(reply.PromptTexts[^1]), out string? prompt))
            {
                others++;
                continue;
            }

            int number = NumberOf(reply.Id, prompt) is { } stated && !taken.Contains((prompt, stated)) ? stated : Enumerable.Range(0, int.MaxValue).First(free => !taken.Contains((prompt, free)));
            taken.Add((prompt, number));
            replies.Add(new TranscriptReply(prompt, number, ComposedText.Of(reply.Text)) { Before = [.. reply.PromptTexts.Take(reply.PromptTexts.Count - 1).Select(ComposedText.Of)] });
        }

        ReadingSummary.Write(reader.Report, console);
        if (replies.Count == 0)
            throw new InputFormatException($"{input.Title}: none of the {others} replies answers a prompt of the design; replies with their prompts were expected, to the prompts that 'plan' wrote.");
        if (others > 0)
            console.WriteError(string.Create(CultureInfo.InvariantCulture, $"{input.Title}: {others:N0} replies answer no prompt of the design, or came without their prompt, and were left out."));
        return new Transcript(
            input.Title,
            replies,
            [.. reader.Inputs.Select(file => new InputDigest(file.Role == SampleInput.Replies ? role : $"{role}-{file.Role}", file.Name, file.Sha256, file.Documents, file.Unread))],
            others + reader.Report.Unread);
    }

    /// <summary>The number behind a prompt's id, as the collection writes ids: <c>p1/0</c>.</summary>
    private static int? NumberOf(string id, string prompt) =>
        id.StartsWith(prompt + "/", StringComparison.Ordinal) && int.TryParse(id.AsSpan(prompt.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    private static string Normal(string text) => ComposedText.Of(text.Trim());
}
