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
    /// <summary>The name in key files, such as <c>green-list</c>.</summary>
    public abstract string Name { get; }

    /// <summary>h: tokens of context before the scored token that its score depends on.</summary>
    public abstract int ContextWidth { get; }

    /// <summary>The exact distribution of a score when the text is independent of the key.</summary>
    public abstract ScoreNull Null { get; }

    /// <summary>
    /// Why <see cref="Null"/> does not hold on natural text even where each n-gram counts once, so that only the rank among
    /// random keys is evidence; null where no such defect is known. The measurements are in <c>weak-hashes.md</c>.
    /// </summary>
    public virtual string? NullCaveat => null;

    /// <summary>What <see cref="NullCaveat"/> says of seedings that hang on few of the tokens.</summary>
    private protected const string SharedCoins =
        "Under this seeding distinct n-grams share coins, so the formula's p-value is far too small on natural text; only the rank among random keys is evidence.";

    /// <summary>
    /// The token that fills a context which reaches before the text, or null where such positions are neither marked
    /// nor scored.
    /// </summary>
    public virtual int? Padding => null;

    /// <summary>The selection of n-grams that the scheme's own publication scores.</summary>
    public virtual NGramSelection PublishedSelection => NGramSelection.Default;

    /// <summary>Joins the parameters with a secret.</summary>
    /// <param name="secret">A secret of this scheme's kind. It is copied; the caller still disposes its own.</param>
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

    /// <summary>
    /// Writes the members of the key file's <c>scheme</c> object after <c>name</c>, in their canonical order.
    /// </summary>
    /// <param name="writer">A writer inside the object.</param>
    public abstract void WriteParameters(Utf8JsonWriter writer);
}
