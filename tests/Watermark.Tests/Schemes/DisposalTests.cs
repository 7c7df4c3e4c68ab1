using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;

namespace Watermark.Tests.Schemes;

/// <summary>Disposing while other threads use a key: every result is right, or there is none.</summary>
public sealed class DisposalTests
{
    private const int Rounds = 2500;
    private const int Tokens = 300;

    public static TheoryData<string> All => new(
        """{"name":"green-list"}""",
        """{"name":"green-list","contextWidth":6}""",
        """{"name":"gumbel"}""",
        """{"name":"textseal","mode":"green-list"}""",
        """{"name":"textseal"}""",
        """{"name":"synthid"}""",
        """{"name":"synthid-hf"}""",
        """{"name":"vllm-gumbel"}""",
        """{"name":"vllm-dual-gumbel"}""",
        """{"name":"vllm-sbw"}""",
        """{"name":"kgw","seeding":"lefthash","vocabularySize":64}""",
        """{"name":"maryland","vocabularySize":64}""",
        """{"name":"gumbel-torch","vocabularySize":64}""");

    [Theory]
    [MemberData(nameof(All))]
    public async Task Scores_and_marks_are_right_or_refused(string json)
    {
        WatermarkScheme scheme = SchemeJson.Scheme(json);
        using WatermarkSecret secret = scheme.DrawSecret(new SeededRandomBits(1));
        var random = new SeededRandomBits(2);
        int[] text = [.. Enumerable.Range(0, Tokens).Select(_ => (int)random.NextBelow(64))];
        Int128 total;
        float[] marked;
        using (KeyedScheme keyed = scheme.WithKey(secret))
            (total, marked) = (Total(keyed, text), Marked(keyed, text));
        for (int round = 0; round < Rounds; round++)
        {
            KeyedScheme keyed = scheme.WithKey(secret);
            using var start = new ManualResetEventSlim();
            Task user = Task.Run(() =>
            {
                start.Set();
                try
                {
                    if (round % 2 == 0)
                        Assert.Equal(total, Total(keyed, text));
                    else
                        Assert.Equal(marked, Marked(keyed, text));
                }
                catch (ObjectDisposedException)
                {
                    // Too late, which is one of the two right answers.
                }
            });
            start.Wait();
            Thread.SpinWait((int)random.NextBelow(300));
            keyed.Dispose();
            await user;
            Assert.Throws<ObjectDisposedException>(() => Total(keyed, text));
            Assert.Throws<ObjectDisposedException>(() => Marked(keyed, text));
        }
    }

    [Theory]
    [InlineData("""{"name":"green-list"}""")]
    [InlineData("""{"name":"synthid"}""")]
    public async Task Ids_and_copies_of_a_secret_are_right_or_refused(string json)
    {
        WatermarkScheme scheme = SchemeJson.Scheme(json);
        using WatermarkSecret secret = scheme.DrawSecret(new SeededRandomBits(3));
        string id = scheme.IdOf(secret);
        var random = new SeededRandomBits(4);
        for (int round = 0; round < Rounds; round++)
        {
            WatermarkSecret copy = secret.Clone();
            using var start = new ManualResetEventSlim();
            Task user = Task.Run(() =>
            {
                start.Set();
                try
                {
                    using WatermarkSecret second = copy.Clone();
                    Assert.Equal(id, scheme.IdOf(second));
                    Assert.Equal(id, scheme.IdOf(copy));
                    Assert.Null(copy.Weakness);
                }
                catch (ObjectDisposedException)
                {
                    // Too late, which is one of the two right answers.
                }
            });
            start.Wait();
            Thread.SpinWait((int)random.NextBelow(300));
            copy.Dispose();
            await user;
            Assert.True(copy.IsDisposed);
            Assert.Throws<ObjectDisposedException>(copy.Clone);
        }
    }

    [Fact]
    public void The_last_user_erases_and_later_ones_are_turned_away()
    {
        int erasures = 0;
        var gate = new EraseGate(() => erasures++);
        SecretUse first = gate.Enter(this);
        SecretUse second = gate.Enter(this);
        gate.Close();
        gate.Close();
        Assert.True(gate.IsClosed);
        Assert.Throws<ObjectDisposedException>(() => gate.Enter(this).Dispose());
        first.Dispose();
        Assert.Equal(0, erasures);
        second.Dispose();
        Assert.Equal(1, erasures);
        Assert.Throws<ObjectDisposedException>(() => gate.Enter(this).Dispose());
        Assert.Equal(1, erasures);
    }

    private static Int128 Total(KeyedScheme keyed, int[] text) => keyed.SumScores(NGramRows.FromSequence(text, keyed.ContextWidth));

    /// <summary>What a mark makes of even logits or probabilities after the text's first tokens; a choice as one number.</summary>
    private static float[] Marked(KeyedScheme keyed, int[] text)
    {
        ReadOnlySpan<int> context = text.AsSpan(0, keyed.ContextWidth);
        int[] candidates = [.. Enumerable.Range(0, 64)];
        float[] values = new float[64];
        Array.Fill(values, 1f / 64);
        switch (keyed)
        {
            case ILogitWatermark logits:
                logits.BiasLogits(context, values);
                logits.BiasLogits(context, candidates, values);
                return values;
            case IProbabilityWatermark probabilities:
                probabilities.ReshapeProbabilities(context, candidates, values);
                return values;
            default:
                return [((ISamplingWatermark)keyed).ChooseCandidate(context, candidates, values, 0.5)];
        }
    }
}
