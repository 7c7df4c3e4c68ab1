using System.Text.Json;
using Watermark.Forensics.Json;

namespace Watermark.Forensics.Cases.Commitments;

/// <summary>One committed key, as <c>commitments.json</c> lists it. Nothing here tells which key it is until it is opened.</summary>
/// <param name="Commitment">The commitment, 64 lower-case hexadecimal digits.</param>
/// <param name="Context">The scheme, its parameters, the tokenizer and the selection that are committed to, as canonical JSON.</param>
/// <param name="Created">When the owner says that it was made; only a time stamp of the registry proves a time.</param>
public sealed record CommittedKey(string Commitment, string Context, DateTimeOffset Created)
{
    /// <summary>The scheme's name.</summary>
    public string Scheme => CommitmentContext.Text(Context, "scheme");

    /// <summary>Which n-grams are scored, as <see cref="NGrams.NGramSelection.Describe"/> says it.</summary>
    public string Selection => CommitmentContext.Text(Context, "selection");
}

/// <summary>
/// All keys that an owner committed to before the data were seen: <c>commitments.json</c> (<c>commitments.md</c> beside this
/// class). Every one of them could have been reported, so their number counts as that many tests.
/// </summary>
/// <remarks>A registry has one form: the same entries give the same bytes, and other bytes are refused.</remarks>
public sealed class CommitmentRegistry
{
    /// <summary>The value of the <c>format</c> member.</summary>
    public const string Format = "watermark-commitments/1";

    private readonly Dictionary<string, CommittedKey> byCommitment;

    private CommitmentRegistry(IReadOnlyList<CommittedKey> keys)
    {
        Keys = keys;
        byCommitment = keys.ToDictionary(key => key.Commitment, StringComparer.Ordinal);
    }

    /// <summary>A registry without keys.</summary>
    public static CommitmentRegistry Empty { get; } = new([]);

    /// <summary>The committed keys, in the order in which they were added.</summary>
    public IReadOnlyList<CommittedKey> Keys { get; }

    /// <summary>M, the number of committed keys.</summary>
    public int Count => Keys.Count;

    /// <summary>The entry of a commitment; null where there is none.</summary>
    /// <param name="commitment">64 lower-case hexadecimal digits.</param>
    public CommittedKey? Find(string commitment) => byCommitment.GetValueOrDefault(commitment);

    /// <summary>A registry with further keys.</summary>
    /// <param name="keys">The keys.</param>
    /// <exception cref="ArgumentException">A commitment is there already.</exception>
    public CommitmentRegistry With(params IEnumerable<CommittedKey> keys)
    {
        CommittedKey[] all = [.. Keys, .. keys];
        return all.DistinctBy(key => key.Commitment).Count() == all.Length
            ? new CommitmentRegistry(all)
            : throw new ArgumentException("A commitment stands in the registry already.", nameof(keys));
    }

    /// <summary>Reads a registry.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <exception cref="InputFormatException">It is no registry, a commitment stands twice, or it is not written as <see cref="ToBytes"/> writes it.</exception>
    public static CommitmentRegistry Read(ReadOnlyMemory<byte> json)
    {
        CommitmentRegistry registry = JsonFields.Parse(json, "The registry of commitments", Read);
        return json.Span.SequenceEqual(registry.ToBytes())
            ? registry
            : throw new InputFormatException("The registry of commitments is not laid out as it was written: it was changed, or saved by another program.");
    }

    /// <summary>The registry as <c>commitments.json</c>: indented UTF-8 JSON with a final line feed.</summary>
    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        JsonMembers.WriteDocument(stream, Write);
        return stream.ToArray();
    }

    private static CommitmentRegistry Read(JsonFields fields)
    {
        fields.Format(Format);
        var keys = new List<CommittedKey>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonFields entry in fields.Objects("keys"))
        {
            string commitment = entry.Text("commitment");
            if (commitment.Length != 64 || !commitment.All(char.IsAsciiHexDigitLower))
                throw entry.Wrong("commitment", "64 lower-case hexadecimal digits");
            if (!seen.Add(commitment))
                throw new InputFormatException($"The commitment {commitment} stands twice in the registry; each was expected once.");
            string context = CommitmentContext.Read(entry, "context");
            keys.Add(new CommittedKey(commitment, context, entry.OptionalTime("created") ?? throw entry.Wrong("created", "a UTC time")));
            entry.Done();
        }

        fields.Done();
        return keys.Count > 0 ? new CommitmentRegistry(keys) : throw fields.Wrong("keys", "an array of at least one key");
    }

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("format", Format);
        writer.WriteStartArray("keys");
        foreach (CommittedKey key in Keys)
        {
            writer.WriteStartObject();
            writer.WriteString("commitment", key.Commitment);
            writer.WritePropertyName("context");
            using (JsonDocument context = JsonDocument.Parse(key.Context))
                context.RootElement.WriteTo(writer);
            JsonMembers.WriteTime(writer, "created", key.Created);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
