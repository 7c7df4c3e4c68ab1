using System.Text.Encodings.Web;
using System.Text.Json;

namespace Watermark.Forensics.Cases.Collection;

/// <summary>The replies that a log holds, as records for a reader of replies. No network is used.</summary>
public static class CollectionReplies
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Writes the collected replies of a subject as JSON Lines, <c>{"id":"p1/0","prompt":"…","text":"…"}</c>, in the log's order:
    /// the same case gives the same bytes. Imported files stand beside the log (<see cref="CustodyResult.Imports"/>).
    /// </summary>
    /// <param name="caseFolder">The case's folder.</param>
    /// <param name="subject">The subject's name.</param>
    /// <param name="output">Receives the lines.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The number of replies.</returns>
    /// <exception cref="InputFormatException">The log is no log, or the case's prompts are not those that were asked.</exception>
    public static long Export(string caseFolder, string subject, Stream output, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(caseFolder);
        ArgumentException.ThrowIfNullOrEmpty(subject);
        ArgumentNullException.ThrowIfNull(output);
        string path = CollectionLog.PathOf(caseFolder);
        Dictionary<string, string>? prompts = null;
        string? sha256 = null;
        long count = 0;
        using var log = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var writer = new Utf8JsonWriter(output, Options);
        try
        {
            foreach (LogLine line in CollectionLogReader.Records(log))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (line.Record is SessionRecord session)
                    sha256 ??= session.PromptsSha256;
                if (line.Record is not ReplyRecord reply || reply.Task.Subject != subject)
                    continue;
                prompts ??= Prompts(caseFolder, sha256);
                Write(writer, reply, prompts);
                writer.Flush();
                output.WriteByte((byte)'\n');
                writer.Reset();
                count++;
            }
        }
        catch (InputFormatException exception)
        {
            throw new InputFormatException($"{path}: {exception.Message}", exception);
        }

        return count;
    }

    private static Dictionary<string, string> Prompts(string caseFolder, string? sha256)
    {
        CollectionPrompts prompts = CollectionPrompts.Load(Path.Combine(caseFolder, CaseFiles.Prompts));
        return prompts.Sha256 == sha256
            ? prompts.Items.ToDictionary(prompt => prompt.Id, prompt => prompt.Text, StringComparer.Ordinal)
            : throw new InputFormatException($"The replies answer prompts with SHA-256 {sha256}, and {CaseFiles.Prompts} has {prompts.Sha256}.");
    }

    private static void Write(Utf8JsonWriter writer, ReplyRecord reply, Dictionary<string, string> prompts)
    {
        if (!prompts.TryGetValue(reply.Task.Prompt, out string? prompt))
            throw new InputFormatException($"A reply answers the prompt '{reply.Task.Prompt}', which {CaseFiles.Prompts} does not hold.");
        writer.WriteStartObject();
        writer.WriteString("id", reply.Task.ReplyId);
        writer.WriteString("prompt", prompt);
        writer.WriteString("text", reply.Text);
        writer.WriteEndObject();
    }
}
