using System.Text.Json;
using Watermark.Forensics.Json;
using Watermark.Keys;

namespace Watermark.Forensics.Fingerprints.GhostPairs;

/// <summary>Two replies of the owner's unmarked model to one prompt; a coin of the key says which one is served.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Prompt">The prompt.</param>
/// <param name="First">y⁰.</param>
/// <param name="Second">y¹.</param>
public sealed record GhostPair(string Id, string Prompt, string First, string Second);

/// <summary>
/// Pairs of replies and the key's commitment. The coin of a pair is the keyed index below 2 of LP(pair id) under the claim's key
/// (<see cref="KeyedIndex"/>): 1 means that <see cref="GhostPair.Second"/> is served. The other one is kept and never shown to
/// anybody: it stays a ghost.
/// </summary>
/// <remarks>The order of the pairs is part of the design, so that an e-value may be read after every pair.</remarks>
public sealed class GhostPairDesign
{
    /// <summary>The format of the file.</summary>
    public const string Format = "watermark-ghost-pairs/1";

    /// <summary>The name by which the claim's key is derived.</summary>
    public const string Method = "ghost-pairs";

    private const int MostPairs = 200_000;

    private readonly byte[] digest;

    private GhostPairDesign(string claimId, IReadOnlyList<GhostPair> pairs, string? commitment)
    {
        ClaimDesign.CheckClaim(claimId);
        if (pairs.Count is < 1 or > MostPairs)
            throw new InputFormatException($"There are {pairs.Count} pairs; 1 to {MostPairs} were expected.");
        Check(pairs);
        (ClaimId, Pairs) = (claimId, pairs);
        digest = ClaimDesign.Digest(hash =>
        {
            hash.Append(pairs.Count);
            foreach (GhostPair pair in pairs)
            {
                hash.Append(pair.Id);
                hash.Append(pair.Prompt);
                hash.Append(pair.First);
                hash.Append(pair.Second);
            }
        });
        Commitment = commitment ?? string.Empty;
    }

    /// <summary>The claim.</summary>
    public string ClaimId { get; }

    /// <summary>The pairs in their order.</summary>
    public IReadOnlyList<GhostPair> Pairs { get; }

    /// <summary>The digest of all pairs, 64 lower-case hexadecimal digits.</summary>
    public string Digest => Convert.ToHexStringLower(digest);

    /// <summary>The commitment to the key, 64 lower-case hexadecimal digits.</summary>
    public string Commitment { get; private init; }

    /// <summary>Makes a design and commits to its key.</summary>
    /// <param name="claimKey">The claim's key.</param>
    /// <param name="claimId">The claim.</param>
    /// <param name="pairs">Pairs with distinct ids and prompts and two different texts each.</param>
    /// <exception cref="InputFormatException">A pair is not so; the message names it.</exception>
    public static GhostPairDesign Create(WatermarkKey claimKey, string claimId, IReadOnlyList<GhostPair> pairs)
    {
        ArgumentNullException.ThrowIfNull(claimKey);
        ArgumentNullException.ThrowIfNull(pairs);
        var open = new GhostPairDesign(claimId, pairs, null);
        return new GhostPairDesign(claimId, pairs, ClaimDesign.Commit(claimKey, open.digest, claimId));
    }

    /// <summary>The coin of every pair: true where the second text is served.</summary>
    /// <param name="claimKey">The claim's key.</param>
    /// <exception cref="InputFormatException">The key does not open the commitment.</exception>
    public IReadOnlyList<bool> Coins(WatermarkKey claimKey)
    {
        ArgumentNullException.ThrowIfNull(claimKey);
        ClaimDesign.Check(claimKey, digest, ClaimId, Commitment);
        return [.. Pairs.Select(pair => KeyedIndex.Of(claimKey, KeyedIndex.LengthPrefixed(pair.Id), 2) == 1)];
    }

    /// <summary>Writes the design as a JSON document: the same bytes for the same design. It holds the ghosts: keep it as the key is kept until the test.</summary>
    /// <param name="stream">The stream to write to.</param>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        JsonMembers.WriteDocument(stream, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("format", Format);
            writer.WriteString("claim", ClaimId);
            writer.WriteString("digest", Digest);
            writer.WriteString("commitment", Commitment);
            writer.WriteStartArray("pairs");
            foreach (GhostPair pair in Pairs)
                Write(pair, writer);
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    /// <summary>Reads a design.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <exception cref="InputFormatException">It is no such design; the message names the field and what was expected.</exception>
    public static GhostPairDesign Read(ReadOnlyMemory<byte> json) => JsonFields.Parse(json, "The design", fields =>
    {
        fields.Format(Format);
        GhostPair[] pairs = [.. fields.Objects("pairs").Select(ReadPair)];
        var design = new GhostPairDesign(fields.Text("claim"), pairs, fields.Text("commitment"));
        if (fields.Text("digest") != design.Digest)
            throw new InputFormatException($"The field 'digest' is {fields.Text("digest")}; {design.Digest} was expected from the pairs.");
        fields.Done();
        return design;
    });

    /// <summary>Reads a pair from a line <c>{"id":…,"prompt":…,"first":…,"second":…}</c>.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <exception cref="InputFormatException">It is no pair.</exception>
    public static GhostPair ReadPair(ReadOnlyMemory<byte> json) => JsonFields.Parse(json, "The pair", ReadPair);

    private static void Write(GhostPair pair, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("id", pair.Id);
        writer.WriteString("prompt", pair.Prompt);
        writer.WriteString("first", pair.First);
        writer.WriteString("second", pair.Second);
        writer.WriteEndObject();
    }

    private static GhostPair ReadPair(JsonFields fields)
    {
        var pair = new GhostPair(fields.Text("id"), fields.Text("prompt"), fields.Text("first"), fields.Text("second"));
        fields.Done();
        return pair;
    }

    private static void Check(IReadOnlyList<GhostPair> pairs)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var prompts = new HashSet<string>(StringComparer.Ordinal);
        foreach (GhostPair pair in pairs)
        {
            if (string.IsNullOrWhiteSpace(pair.Id) || string.IsNullOrWhiteSpace(pair.Prompt))
                throw new InputFormatException($"A pair has an empty id or prompt (id '{pair.Id}').");
            if (!ids.Add(pair.Id))
                throw new InputFormatException($"The pair '{pair.Id}' stands there twice; each was expected once.");
            if (!prompts.Add(pair.Prompt.Trim()))
                throw new InputFormatException($"The prompt of pair '{pair.Id}' is that of an earlier pair; distinct prompts were expected.");
            if (string.IsNullOrWhiteSpace(pair.First) || string.IsNullOrWhiteSpace(pair.Second) || pair.First.Trim() == pair.Second.Trim())
                throw new InputFormatException($"The pair '{pair.Id}' has an empty text or two that are the same; leave the pair out.");
        }
    }
}
