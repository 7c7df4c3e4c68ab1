using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Watermark.Text.Records;

namespace Watermark.Text.Conversations;

/// <summary>
/// A JSON value of a record, whose parts are decoded once and on demand, so that a part is the same object whenever it is
/// met. A string may hold JSON itself, as cells of tables do: see <see cref="Open"/>.
/// </summary>
/// <param name="element">The value.</param>
internal sealed partial class Node(JsonElement element)
{
    private IReadOnlyList<Member>? members;
    private IReadOnlyList<Node>? items;
    private Node? open;
    private string? text;
    private bool isTextRead;

    /// <summary>The kind of the value.</summary>
    public JsonValueKind Kind => element.ValueKind;

    /// <summary>Whether there is nothing.</summary>
    public bool IsNull => Kind is JsonValueKind.Null or JsonValueKind.Undefined;

    /// <summary>The members of an object, in order; empty for all other values.</summary>
    public IReadOnlyList<Member> Members => members ??= Kind == JsonValueKind.Object ? [.. element.EnumerateObject().Select(Member)] : [];

    /// <summary>The elements of an array; empty for all other values.</summary>
    public IReadOnlyList<Node> Items => items ??= Kind == JsonValueKind.Array ? [.. element.EnumerateArray().Select(item => new Node(item))] : [];

    /// <summary>The text of a string; null for all other values, and for a string with half of a surrogate pair.</summary>
    public string? Text
    {
        get
        {
            if (isTextRead || Kind != JsonValueKind.String)
                return text;
            isTextRead = true;
            try
            {
                text = element.GetString();
            }
            catch (InvalidOperationException)
            {
                // An escape such as \ud83d without its other half. It matters only where the text is needed; see Required.
            }

            return text;
        }
    }

    /// <summary>The text of a string, with U+FFFD in place of surrogates where one is alone; null for all other values.</summary>
    public string? AnyText => Text ?? (Kind == JsonValueKind.String ? Repaired() : null);

    /// <summary>The object or array that a string consists of; else the value itself.</summary>
    public Node Open => open ??= ParseCell();

    /// <summary>The value in words, without quoting it.</summary>
    public string Described => JsonValues.Describe(element);

    /// <summary>The member with one of these keys (see <see cref="Names.Key"/>), in their order; null for none.</summary>
    /// <exception cref="RecordFault">Two members of that key differ.</exception>
    public Node? this[params ReadOnlySpan<string> keys]
    {
        get
        {
            foreach (string key in keys)
            {
                Node? found = null;
                foreach (Member member in Members)
                {
                    if (member.Key != key)
                        continue;
                    if (found is not null && found.Raw != member.Value.Raw)
                        throw new RecordFault($"the field '{Names.Shown(member.Name)}' stands twice with different values, expected it once");
                    found = member.Value;
                }

                if (found is not null)
                    return found;
            }

            return null;
        }
    }

    private string Raw => element.GetRawText();

    /// <summary>The text of a string that is needed.</summary>
    /// <param name="path">The field's name.</param>
    public string Required(string path) => Text ?? JsonValues.Text(element, path);

    /// <summary>The token ids of an array.</summary>
    /// <param name="path">The field's name.</param>
    public int[] Tokens(string path) => JsonValues.Tokens(element, path);

    /// <summary>The token ids of an array, or of an array of arrays.</summary>
    /// <param name="path">The field's name.</param>
    public IReadOnlyList<int[]> TokenSequences(string path) => JsonValues.TokenSequences(element, path);

    /// <summary>Whether the value is an array of integers that begins with a number.</summary>
    public bool IsTokens => Kind == JsonValueKind.Array && element.GetArrayLength() > 0 && element[0].ValueKind == JsonValueKind.Number;

    /// <summary>A number as it is written; null for all other values.</summary>
    public string? Number => Kind == JsonValueKind.Number ? Raw : null;

    /// <summary>
    /// Finds a field by its name as written, else by its parts; see <see cref="ConversationFields"/>. Strings on the way that
    /// hold JSON are opened.
    /// </summary>
    /// <param name="name">The name.</param>
    /// <param name="trail">Receives the values on the way from this one, and the field's value last.</param>
    public bool TryFind(string name, List<Node> trail)
    {
        trail.Add(this);
        if (Step(name) is { } value)
        {
            trail.Add(value);
            return true;
        }

        for (int dot = name.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = name.IndexOf('.', dot + 1))
        {
            if (Step(name[..dot]) is { } inner && inner.TryFind(name[(dot + 1)..], trail))
                return true;
        }

        trail.RemoveAt(trail.Count - 1);
        return false;
    }

    private static Member Member(JsonProperty property)
    {
        string name;
        try
        {
            name = property.Name;
        }
        catch (InvalidOperationException)
        {
            name = "\uFFFD"; // A name with half of a surrogate pair is no name that is looked for.
        }

        return new Member(name, Names.Key(name), new Node(property.Value));
    }

    private string Repaired()
    {
        string raw = SurrogateEscape().Replace(Raw, @"$1\ufffd");
        using JsonDocument document = JsonDocument.Parse(raw);
        return document.RootElement.GetString()!;
    }

    [GeneratedRegex(@"((?<!\\)(?:\\\\)*)\\u[dD][89a-fA-F][0-9a-fA-F]{2}")]
    private static partial Regex SurrogateEscape();

    private Node? Step(string name)
    {
        Node node = Open;
        if (node.Kind == JsonValueKind.Object)
        {
            Node? found = null;
            foreach (Member member in node.Members.Where(member => member.Name == name))
            {
                if (found is not null && found.Raw != member.Value.Raw)
                    throw new RecordFault($"the field '{Names.Shown(name)}' stands twice with different values, expected it once");
                found = member.Value;
            }

            return found;
        }

        return int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < node.Items.Count ? node.Items[index] : null;
    }

    private Node ParseCell()
    {
        ReadOnlySpan<char> trimmed = Text.AsSpan().Trim();
        if (trimmed.Length < 2 || (trimmed[0], trimmed[^1]) is not (('[', ']') or ('{', '}')))
            return this;
        try
        {
            using JsonDocument document = JsonDocument.Parse(Encoding.UTF8.GetBytes(trimmed.ToString()));
            return new Node(document.RootElement.Clone());
        }
        catch (JsonException)
        {
            return this; // A text in brackets.
        }
    }
}

/// <summary>A member of an object.</summary>
/// <param name="Name">Its name as written.</param>
/// <param name="Key">Its name for comparison; see <see cref="Names.Key"/>.</param>
/// <param name="Value">Its value.</param>
internal readonly record struct Member(string Name, string Key, Node Value);
