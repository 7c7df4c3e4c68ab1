using Watermark.Catalog;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Maryland;
using Watermark.Schemes.Native;
using Watermark.Schemes.Torch;
using Watermark.Serving;

namespace Watermark.Tests.Serving;

public sealed class SelfCheckTests
{
    public static TheoryData<string> Schemes { get; } = [.. SchemeCatalog.All.Select(item => item.Name)];

    /// <summary>The digest is a constant of the library: the tests of instruction sets run this too.</summary>
    [Fact]
    public void The_native_bits_are_those_of_every_machine() => Assert.Equal(SelfCheck.NativeDigest, SelfCheck.NativeBits());

    [Theory]
    [MemberData(nameof(Schemes))]
    public void Every_scheme_that_marks_finds_its_marks(string name)
    {
        WatermarkScheme scheme = SchemeCatalog.Find(name)!.Template switch
        {
            TorchListScheme list => list with { VocabularySize = 1_000 },
            GumbelTorchScheme gumbel => gumbel with { VocabularySize = 1_000 },
            var template => template,
        };
        using WatermarkSecret secret = scheme.DrawSecret(new SeededRandomBits(5));
        using KeyedScheme keyed = scheme.WithKey(secret);
        if (keyed is ILogitWatermark or IProbabilityWatermark or ISamplingWatermark)
            SelfCheck.CheckScheme(keyed);
        else
            Assert.Throws<ArgumentException>(() => SelfCheck.CheckScheme(keyed));
    }

    [Fact]
    public void Other_bits_are_refused()
    {
        SelfCheckException thrown = Assert.Throws<SelfCheckException>(() => SelfCheck.CheckBits(SelfCheck.NativeDigest ^ 1, SelfCheck.NativeDigest));
        Assert.Contains("Do not serve", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scheme_that_scores_other_tokens_than_it_marks_is_refused()
    {
        using KeyedScheme marks = new GumbelScheme().WithKey(WatermarkKey.Draw(new SeededRandomBits(1)));
        using KeyedScheme scores = new GumbelScheme().WithKey(WatermarkKey.Draw(new SeededRandomBits(2)));
        using var broken = new KeyedDisagreement(marks, scores);
        Assert.Throws<SelfCheckException>(() => SelfCheck.CheckScheme(broken));
    }

    private sealed class KeyedDisagreement(KeyedScheme marks, KeyedScheme scores) : KeyedScheme(marks.Scheme, marks.KeyId), ISamplingWatermark
    {
        public override void ScoreRows(NGramRows rows, Span<long> target) => scores.ScoreRows(rows, target);

        public int ChooseCandidate(ReadOnlySpan<int> context, ReadOnlySpan<int> candidates, ReadOnlySpan<float> probabilities, double coin) =>
            ((ISamplingWatermark)marks).ChooseCandidate(context, candidates, probabilities, coin);

        protected override void Dispose(bool disposing)
        {
        }
    }
}
