using System.Globalization;

namespace Watermark.TorchSharp.Models;

/// <summary>The shape of a decoder-only transformer of the Llama, Qwen2 and Mistral family.</summary>
public sealed record TransformerOptions
{
    /// <summary>Token ids, 1 or more.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Width of the residual stream, 1 or more.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width inside the feed-forward part, 1 or more.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Layers, 1 or more.</summary>
    public required int Layers { get; init; }

    /// <summary>Attention heads, 1 or more.</summary>
    public required int Heads { get; init; }

    /// <summary>Heads of keys and values; divides <see cref="Heads"/>. <value>Default null: as many as <see cref="Heads"/>.</value></summary>
    public int? KeyValueHeads { get; init; }

    /// <summary>Width of a head, even. <value>Default null: <see cref="HiddenSize"/> / <see cref="Heads"/>.</value></summary>
    public int? HeadSize { get; init; }

    /// <summary>The longest sequence in tokens. <value>Default 2048.</value></summary>
    public int MaximumPositions { get; init; } = 2048;

    /// <summary>Added to the mean square before its root. <value>Default 1e-6.</value></summary>
    public double NormEpsilon { get; init; } = 1e-6;

    /// <summary>The base of the rotary frequencies. <value>Default 10,000.</value></summary>
    public double RopeTheta { get; init; } = 10_000;

    /// <summary>How the rotary frequencies are scaled; null where they are not.</summary>
    public RotaryScaling? RopeScaling { get; init; }

    /// <summary>Whether the output layer uses the embedding's weights. <value>Default false.</value></summary>
    public bool TieEmbeddings { get; init; }

    /// <summary>Whether the projections to queries, keys and values have a bias (Qwen2). <value>Default false.</value></summary>
    public bool InputBias { get; init; }

    /// <summary>Whether the projection out of attention has a bias. <value>Default false.</value></summary>
    public bool OutputBias { get; init; }

    /// <summary>Where set, a position sees only this many tokens up to itself (Mistral). <value>Default null: all.</value></summary>
    public int? SlidingWindow { get; init; }

    /// <summary>The first layer with the sliding window; lower layers see everything. <value>Default 0.</value></summary>
    public int FirstSlidingLayer { get; init; }

    /// <summary>Throws where the sizes contradict each other.</summary>
    /// <exception cref="ArgumentException">The sizes contradict each other; the message says which.</exception>
    public void Validate()
    {
        AtLeastOne(VocabularySize, nameof(VocabularySize));
        AtLeastOne(HiddenSize, nameof(HiddenSize));
        AtLeastOne(IntermediateSize, nameof(IntermediateSize));
        AtLeastOne(Layers, nameof(Layers));
        AtLeastOne(Heads, nameof(Heads));
        AtLeastOne(KeyValueHeads ?? Heads, nameof(KeyValueHeads));
        AtLeastOne(MaximumPositions, nameof(MaximumPositions));
        AtLeastOne(SlidingWindow ?? 1, nameof(SlidingWindow));
        if (Heads % (KeyValueHeads ?? Heads) != 0)
            throw new ArgumentException($"{Heads} heads cannot share {KeyValueHeads} heads of keys and values evenly.", nameof(KeyValueHeads));
        if (HeadSize is null && HiddenSize % Heads != 0)
            throw new ArgumentException($"A width of {HiddenSize} does not divide into {Heads} heads.", nameof(HeadSize));
        if (WidthOfHead < 2 || WidthOfHead % 2 != 0)
            throw new ArgumentException($"A head must have an even width of at least 2, not {WidthOfHead}; rotary embeddings turn pairs.", nameof(HeadSize));
        if (!(NormEpsilon >= 0 && NormEpsilon < 1))
            throw new ArgumentOutOfRangeException(nameof(NormEpsilon), NormEpsilon, "The epsilon lies in [0, 1).");
        if (!(RopeTheta > 1 && double.IsFinite(RopeTheta)))
            throw new ArgumentOutOfRangeException(nameof(RopeTheta), RopeTheta, "The base of the rotary frequencies is a finite number above 1.");
        RopeScaling?.Validate();
    }

    /// <summary>The least number of weights of a model of this shape: its matrices.</summary>
    internal Int128 FewestWeights
    {
        get
        {
            Int128 attention = (Int128)HiddenSize * WidthOfHead * 2 * (Heads + (Int128)SharedHeads);
            Int128 layer = attention + ((Int128)HiddenSize * IntermediateSize * 3);
            return (layer * Layers) + ((Int128)HiddenSize * VocabularySize * (TieEmbeddings ? 1 : 2));
        }
    }

    /// <summary>The width of a head.</summary>
    internal int WidthOfHead => HeadSize ?? HiddenSize / Heads;

    /// <summary>Heads of keys and values.</summary>
    internal int SharedHeads => KeyValueHeads ?? Heads;

    private static void AtLeastOne(int value, string name)
    {
        if (value < 1)
            throw new ArgumentOutOfRangeException(name, value, string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; at least 1 is needed."));
    }
}
