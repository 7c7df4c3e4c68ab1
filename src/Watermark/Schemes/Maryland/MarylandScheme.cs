using System.Globalization;
using System.Text.Json;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Schemes.Torch;
using Watermark.Statistics;

namespace Watermark.Schemes.Maryland;

/// <summary>
/// The "Maryland" green list of three_bricks, radioactive-watermark and vLLM-Watermark: the KGW list with a seed that
/// is a polynomial in the context.
/// </summary>
/// <remarks>
/// Fernandez et al., "Three Bricks to Consolidate Watermarks for Large Language Models", WIFS 2023
/// (arXiv:2308.00113); Sander et al., "Watermarking Makes Language Models Radioactive", NeurIPS 2024
/// (arXiv:2402.14904). Bit-exact for <c>seeding="hash"</c>, salt key 35317, payload 0; the other seedings there use a
/// table that no seed fixes, so nobody can verify them later.
/// </remarks>
public sealed record MarylandScheme : TorchListScheme
{
    /// <summary>The name in key files.</summary>
    public const string SchemeName = "maryland";

    /// <summary>The widest context.</summary>
    public const int MaximumContextWidth = MarylandSeed.MaximumContextWidth;

    /// <summary>h: tokens of context before the token (<c>ngram</c> in the engine).</summary>
    /// <value>Default 2; from 1 to 16.</value>
    /// <exception cref="ArgumentOutOfRangeException">Outside the range.</exception>
    public new int ContextWidth
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(ContextWidth));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaximumContextWidth, nameof(ContextWidth));
            field = value;
        }
    } = 2;

    /// <inheritdoc/>
    public override string Name => SchemeName;

    /// <inheritdoc/>
    public override SecretShape SecretShape => TorchSecrets.Seed;

    /// <summary>Distinct n-grams of each document ("v2"); the engine leaves out the first position that has a full context.</summary>
    public override NGramSelection PublishedSelection => MarylandSelection.ForWidth(ContextWidth);

    /// <summary>How key files hold the scheme.</summary>
    internal static SchemeDescriptor Descriptor { get; } = new()
    {
        Name = SchemeName,
        Summary = "Green lists of three_bricks, radioactive-watermark and vLLM-Watermark.",
        Parameters = "contextWidth (ngram, 1 to 16, default 2), gamma (fraction, default 1/4), delta (0 to 100, default 2), vocabularySize (2 to 4194304), seeding (hash)",
        Secret = "{\"seed\": integer}",
        Null = "Binomial(n, G/V), G = int(gamma*V), exact for distinct contexts, marginally conservative for distinct n-grams, but for the weak hash",
        Paper = "Fernandez et al. 2023, arXiv:2308.00113; Sander et al. 2024, arXiv:2402.14904",
        Engine = "facebookresearch/three_bricks, radioactive-watermark; vLLM-Watermark",
        Read = Read,
    };

    /// <inheritdoc/>
    private protected override int RowWidth => ContextWidth;

    /// <inheritdoc/>
    public override void WriteParameters(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteNumber("contextWidth", ContextWidth);
        WriteListParameters(writer);
        writer.WriteString("seeding", "hash");
    }

    /// <summary>The name and the parameters.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name} (context width {ContextWidth}, gamma {Gamma}, delta {Delta}, vocabulary {VocabularySize})");

    /// <inheritdoc/>
    protected override KeyedScheme WithKey(IntegerSecret secret) => new KeyedMaryland(this, secret);

    private static MarylandScheme Read(SchemeParameters reader)
    {
        int contextWidth = reader.WholeNumber("contextWidth", 1, MaximumContextWidth, 2);
        Fraction gamma = reader.Probability("gamma", Fraction.Quarter);
        double delta = reader.Number("delta", 0, Native.GreenListScheme.MaximumDelta, 2);
        int vocabularySize = reader.WholeNumber("vocabularySize", 2, MaximumVocabularySize);
        reader.Choice("seeding", ["hash"], "hash");
        var scheme = new MarylandScheme { ContextWidth = contextWidth, Gamma = gamma, Delta = delta, VocabularySize = vocabularySize };
        scheme.Validate();
        return scheme;
    }
}
