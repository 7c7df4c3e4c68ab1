using System.Text.Json;
using Watermark.Keys;

namespace Watermark.Schemes.SynthId;

/// <summary>
/// SynthID-Text as DeepMind released it: tournament sampling with a hash of 12 shifted multiplications a layer
/// (Dathathri et al., Nature 634, 2024; <c>google-deepmind/synthid-text</c>). The null of a total over n rows of m layers
/// is Binomial(n·m, 1/2), or the exact law of the weighted sum.
/// </summary>
public sealed record SynthIdScheme : SynthIdParameters
{
    /// <summary>What the catalogue says about it.</summary>
    public static SchemeDescriptor Descriptor { get; } = new()
    {
        Name = "synthid",
        Summary = "SynthID-Text tournament sampling with the hash of DeepMind's release.",
        Parameters = "ngramLength (2 to 17, default 5), contextHistorySize (default 1024), numLeaves (2 to 64, default 2), scoring (mean or weighted-mean, default mean)",
        Secret = "{\"keys\": [64-bit integers, one a layer, 1 to 64; 30 in the release]}",
        Null = "Binomial(n·layers, 1/2), or the exact weighted sum",
        Paper = "Dathathri et al., Scalable watermarking for identifying large language model outputs, Nature 634 (2024)",
        Engine = "google-deepmind/synthid-text",
        Read = parameters => new SynthIdScheme
        {
            NGramLength = parameters.WholeNumber("ngramLength", 2, 17, 5),
            ContextHistorySize = parameters.WholeNumber("contextHistorySize", 1, int.MaxValue, 1024),
            NumLeaves = parameters.WholeNumber("numLeaves", 2, 64, 2),
            Scoring = ReadScoring(parameters),
        },
    };

    /// <inheritdoc/>
    public override string Name => "synthid";

    /// <inheritdoc/>
    public override SecretShape SecretShape => new([KeysField(Depth)]);

    /// <inheritdoc/>
    public override void WriteParameters(Utf8JsonWriter writer)
    {
        WriteShared(writer);
        WriteScoring(writer);
    }

    /// <inheritdoc/>
    protected override KeyedScheme WithKey(IntegerSecret secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        long[] keys = KeysOf(secret);
        return new KeyedSynthId(this with { Depth = keys.Length }, keys, secret.IdFor(this));
    }
}
