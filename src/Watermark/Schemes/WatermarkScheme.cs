using System.Buffers;
using System.Text.Json;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Statistics;

namespace Watermark.Schemes;

/// <summary>
/// The public parameters of a watermark: everything an opponent may know. With a secret it becomes a
/// <see cref="KeyedScheme"/>.
/// </summary>
/// <remarks>Each scheme is an immutable record; equal parameters are equal schemes.</remarks>
public abstract record WatermarkScheme
{
    /// <summary>The largest delta of the schemes that add one to logits.</summary>
    public const double MaximumDelta = 100;

    /// <summary>The name in key files, such as <c>green-list</c>.</summary>
    public abstract string Name { get; }

    /// <summary>h: tokens of context before the scored token that its score depends on.</summary>
    public abstract int ContextWidth { get; }

    /// <summary>The exact distribution of a coin's score when the text is independent of the key (see <see cref="Coins"/>).</summary>
    public abstract ScoreNull Null { get; }

    /// <summary>
    /// What decides a row's score under a key: <see cref="CoinRule.Row"/> unless the scheme reads less than the row. Where
    /// it is another rule, <see cref="KeyedScheme.Seeds"/> gives the seeds.
    /// </summary>
    public virtual CoinRule Coins => CoinRule.Row;

    /// <summary>
    /// The token that fills a context which begins before the text; null where such positions are neither marked nor scored.
    /// </summary>
    public virtual int? Padding => null;

    /// <summary>The selection of n-grams that the scheme's own publication scores.</summary>
    public virtual NGramSelection PublishedSelection => NGramSelection.Default;

    /// <summary>Joins the parameters with a secret.</summary>
    /// <param name="secret">A secret of this scheme's kind. It is copied; the caller still disposes its own copy.</param>
    /// <returns>The keyed scheme; dispose it to erase its copy of the secret.</returns>
    /// <exception cref="ArgumentException">The secret is of another kind.</exception>
    public abstract KeyedScheme WithKey(WatermarkSecret secret);

    /// <summary>
    /// Draws a secret uniformly from the scheme's own key space: the null of the random-key test, and new keys.
    /// </summary>
    /// <param name="random">The source of bits.</param>
    public abstract WatermarkSecret DrawSecret(RandomBits random);

    /// <summary>Reads the <c>secret</c> member of a key file.</summary>
    /// <param name="secret">The JSON value of the member.</param>
    /// <exception cref="InputFormatException">The value is not a secret of this scheme; the message never shows it.</exception>
    public abstract WatermarkSecret ReadSecret(JsonElement secret);

    /// <summary>The parameters, in the order of key files.</summary>
    public abstract IReadOnlyList<SchemeParameter> Parameters { get; }

    /// <summary>Writes the members of the key file's <c>scheme</c> object after <c>name</c>, in their canonical order.</summary>
    /// <param name="writer">A writer inside the object.</param>
    public void WriteParameters(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        foreach (SchemeParameter parameter in Parameters)
        {
            if (parameter.AppliesTo(this))
                parameter.Write(this, writer);
        }
    }

    /// <summary>The public id of a secret under this scheme.</summary>
    /// <param name="secret">A secret of this scheme's kind.</param>
    public string IdOf(WatermarkSecret secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        return secret.IdFor(ToJson());
    }

    /// <summary>Name and parameters as the key file's <c>scheme</c> object in UTF-8 without white space: what a key's id covers.</summary>
    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("name", Name);
            WriteParameters(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
