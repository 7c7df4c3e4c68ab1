using System.Globalization;
using System.Security.Cryptography;
using Watermark.Forensics.Json;

namespace Watermark.Forensics.Cases.Collection;

/// <summary>A prompt.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">What the subjects are asked.</param>
public sealed record CollectionPrompt(string Id, string Text);

/// <summary>The prompts of a case: JSON Lines, <c>{"id":"p1","prompt":"…"}</c>, in their order.</summary>
public sealed class CollectionPrompts
{
    private CollectionPrompts(IReadOnlyList<CollectionPrompt> items, string sha256)
    {
        Items = items;
        Sha256 = sha256;
    }

    /// <summary>The prompts in the file's order.</summary>
    public IReadOnlyList<CollectionPrompt> Items { get; }

    /// <summary>SHA-256 of the file, 64 lower-case hexadecimal digits.</summary>
    public string Sha256 { get; }

    /// <summary>Reads a case's prompts.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InputFormatException">It holds no prompts; the message names the file, the line and what was expected.</exception>
    public static CollectionPrompts Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] bytes = File.ReadAllBytes(path);
        return Read(bytes, path);
    }

    /// <summary>Reads prompts.</summary>
    /// <param name="bytes">UTF-8 JSON Lines.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <exception cref="InputFormatException">It holds no prompts; the message names the line and what was expected.</exception>
    public static CollectionPrompts Read(ReadOnlyMemory<byte> bytes, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var items = new List<CollectionPrompt>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        int line = 0;
        foreach (Range range in bytes.Span.Split((byte)'\n'))
        {
            line++;
            ReadOnlyMemory<byte> text = bytes[range];
            if (text.Span.Trim(" \t\r"u8).IsEmpty)
                continue;
            try
            {
                CollectionPrompt prompt = JsonFields.Parse(text, "The prompt", Read);
                if (!ids.Add(prompt.Id))
                    throw new InputFormatException($"The id '{prompt.Id}' stands there twice; each was expected once.");
                items.Add(prompt);
            }
            catch (InputFormatException exception)
            {
                throw new InputFormatException(string.Create(CultureInfo.InvariantCulture, $"{name}, line {line}: {exception.Message}"), exception);
            }
        }

        return items.Count > 0
            ? new CollectionPrompts(items, Convert.ToHexStringLower(SHA256.HashData(bytes.Span)))
            : throw new InputFormatException($"{name} holds no prompts; lines such as {{\"id\":\"p1\",\"prompt\":\"…\"}} were expected.");
    }

    private static CollectionPrompt Read(JsonFields fields)
    {
        var prompt = new CollectionPrompt(fields.Text("id"), fields.Text("prompt"));
        fields.Done();
        if (prompt.Id.Length == 0 || prompt.Text.Length == 0)
            throw new InputFormatException("An id or a prompt is empty; text was expected.");
        return prompt;
    }
}
