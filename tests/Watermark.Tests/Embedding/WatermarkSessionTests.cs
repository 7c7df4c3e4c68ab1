using FsCheck.Xunit;
using Watermark.Embedding;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.Schemes.SynthId;

namespace Watermark.Tests.Embedding;

public sealed class WatermarkSessionTests
{
    [Property(MaxTest = 300)]
    public bool After_any_edits_a_session_equals_a_fresh_one_with_the_same_tokens(ulong seed)
    {
        var random = new SeededRandomBits(seed);
        int width = (int)random.NextBelow(4);
        using WatermarkKey key = WatermarkKey.Draw(random);
        using KeyedScheme scheme = new GreenListScheme { ContextWidth = width }.WithKey(key);
        var session = new WatermarkSession(scheme, RepeatedContextPolicy.SamplePlainly);
        var model = new List<(int Token, bool Primed)>();
        int steps = (int)random.NextBelow(400);
        for (int step = 0; step < steps; step++)
        {
            switch (random.NextBelow(12))
            {
                case 0:
                    int count = (int)random.NextBelow((ulong)model.Count + 1);
                    count = random.NextBelow(5) == 0 ? count : Math.Min(count, 6);
                    session.Rewind(count);
                    model.RemoveRange(model.Count - count, count);
                    break;
                case 1:
                    int[] ids = [.. Enumerable.Range(0, (int)random.NextBelow(5)).Select(_ => (int)random.NextBelow(3))];
                    session.Prime(ids);
                    model.AddRange(ids.Select(id => (id, true)));
                    break;
                case 2:
                    WatermarkSession abandoned = session;
                    session = session.Clone();
                    abandoned.Accept(1);
                    abandoned.Rewind(Math.Min(3, abandoned.Length));
                    abandoned.Accept(2);
                    break;
                default:
                    int token = (int)random.NextBelow(3);
                    session.Accept(token);
                    model.Add((token, false));
                    break;
            }

            if (session.WillMark != Expected(model, width) || session.Length != model.Count)
                return false;
        }

        return session.Tokens.SequenceEqual([.. model.Select(item => item.Token)]);
    }

    [Fact]
    public void A_long_sequence_keeps_its_contexts_through_growth()
    {
        using var key = WatermarkKey.Draw(new SeededRandomBits(1));
        using KeyedScheme scheme = new GreenListScheme { ContextWidth = 1 }.WithKey(key);
        var session = new WatermarkSession(scheme, RepeatedContextPolicy.SamplePlainly);
        for (int i = 0; i < 5_000; i++)
        {
            session.Accept(i);
            Assert.True(session.WillMark);
        }

        session.Accept(17);
        Assert.False(session.WillMark);
        session.RewindTo(17);
        Assert.True(session.WillMark);
        session.Accept(4_000);
        Assert.True(session.WillMark);
        session.Reset();
        Assert.Equal(0, session.Length);
        Assert.False(session.WillMark);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void A_position_without_a_full_context_is_not_marked(int width)
    {
        using var key = WatermarkKey.Draw(new SeededRandomBits(1));
        using KeyedScheme scheme = new GreenListScheme { ContextWidth = width }.WithKey(key);
        var session = new WatermarkSession(scheme);
        for (int length = 0; length <= width; length++)
        {
            var logits = new float[64];
            Assert.Equal(length == width, session.Apply(logits));
            Assert.Equal(length == width, logits.Any(logit => logit != 0));
            session.Accept(length);
        }
    }

    [Fact]
    public void The_context_is_the_last_tokens_oldest_first()
    {
        using var key = WatermarkKey.Draw(new SeededRandomBits(1));
        using KeyedScheme scheme = new GreenListScheme().WithKey(key);
        var session = new WatermarkSession(scheme);
        session.Prime([5, 6, 7]);
        session.Accept(8);
        var actual = new float[300];
        var expected = new float[300];
        Assert.True(session.Apply(actual));
        ((ILogitWatermark)scheme).BiasLogits([7, 8], expected);
        Assert.Equal(expected, actual);
        Assert.False(session.Reshape([1], [1f]));
        Assert.False(session.TryChoose([1], [1f], 0, out _));
    }

    [Fact]
    public void A_schemes_padding_fills_the_first_contexts()
    {
        using KeyedScheme scheme = new PaddedScheme().WithKey(null!);
        var session = new WatermarkSession(scheme, RepeatedContextPolicy.SamplePlainly);
        var logits = new float[3];
        Assert.True(session.Apply(logits));
        Assert.Equal([-1f, -1f, 0f], logits);
        session.Prime([4]);
        Assert.True(session.Apply(logits));
        Assert.Equal([-1f, 4f, 0f], logits);
        Assert.Equal([4], session.Tokens.ToArray());
        session.Rewind(1);
        session.Accept(7);
        session.Rewind(1);
        Assert.True(session.WillMark);
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Rewind(1));
        session.Reset();
        Assert.True(session.Apply(logits));
        Assert.Equal([-1f, -1f, 0f], logits);
    }

    [Fact]
    public void Distortion_free_marks_skip_used_contexts_and_green_lists_do_not()
    {
        using var key = WatermarkKey.Draw(new SeededRandomBits(1));
        using KeyedScheme green = new GreenListScheme { ContextWidth = 0 }.WithKey(key);
        using KeyedScheme gumbel = new GumbelScheme { ContextWidth = 0 }.WithKey(key);
        var marked = new WatermarkSession(green);
        var once = new WatermarkSession(gumbel);
        Assert.Equal(RepeatedContextPolicy.Mark, marked.RepeatedContexts);
        Assert.True(once.TryChoose([1, 2], [0.5f, 0.5f], 0, out int chosen));
        Assert.InRange(chosen, 0, 1);
        marked.Accept(3);
        once.Accept(3);
        Assert.True(marked.WillMark);
        Assert.False(once.WillMark);
        Assert.False(once.TryChoose([1, 2], [0.5f, 0.5f], 0, out _));
    }

    [Fact]
    public void Contexts_inside_the_prompt_do_not_count_as_used()
    {
        using var key = WatermarkKey.Draw(new SeededRandomBits(1));
        using KeyedScheme scheme = new GumbelScheme { ContextWidth = 1 }.WithKey(key);
        var session = new WatermarkSession(scheme);
        session.Prime([1, 2, 1]);
        Assert.True(session.WillMark);
        session.Accept(2);
        Assert.True(session.WillMark);
        session.Accept(1);
        Assert.False(session.WillMark);
    }

    [Fact]
    public void Misuse_is_refused()
    {
        using var key = WatermarkKey.Draw(new SeededRandomBits(1));
        using KeyedScheme scheme = new GreenListScheme().WithKey(key);
        var session = new WatermarkSession(scheme);
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Rewind(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.RewindTo(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WatermarkSession(scheme, (RepeatedContextPolicy)7));
        Assert.Throws<ArgumentNullException>(() => new WatermarkSession(null!, RepeatedContextPolicy.Mark));
    }

    [Fact]
    public void A_position_is_biased_once()
    {
        using var key = WatermarkKey.Draw(new SeededRandomBits(1));
        using KeyedScheme scheme = new GreenListScheme().WithKey(key);
        var session = new WatermarkSession(scheme);
        session.Prime([1, 2]);
        var logits = new float[64];
        Assert.True(session.Apply(logits));
        float[] once = [.. logits];

        // Also what a forgotten Accept looks like; nothing was changed.
        Assert.Contains("Position 2", Assert.Throws<InvalidOperationException>(() => session.Apply(logits)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => session.Clone().Apply([1, 2], logits.AsSpan(0, 2)));
        Assert.Equal(once, logits);

        session.Rewind(0);
        Assert.True(session.Apply(new float[64]));
        session.Accept(3);
        Assert.True(session.Apply(logits));
        session.Prime([4]);
        Assert.True(session.Apply(logits));
        session.Reset();
        session.Prime([1, 2]);
        Assert.True(session.Apply(logits));
    }

    [Fact]
    public void A_failed_call_leaves_the_position_unmarked()
    {
        using var key = WatermarkKey.Draw(new SeededRandomBits(1));
        using KeyedScheme scheme = new GreenListScheme().WithKey(key);
        var session = new WatermarkSession(scheme);
        session.Prime([1, 2]);
        Assert.ThrowsAny<ArgumentException>(() => session.Apply([1, 2, 3], new float[2]));
        Assert.True(session.Apply(new float[64]));
    }

    [Fact]
    public void A_host_that_only_biases_cannot_serve_a_mark_that_draws()
    {
        using var key = WatermarkKey.Draw(new SeededRandomBits(1));
        using KeyedScheme scheme = new GumbelScheme().WithKey(key);
        var session = new WatermarkSession(scheme);
        Assert.Equal(MarkPlace.Draw, session.Place);
        session.Prime([1]);
        Assert.False(session.Apply(new float[8]));
        session.Accept(2);
        Assert.False(session.Apply(new float[8]));
        Assert.Contains("TryChoose", Assert.Throws<InvalidOperationException>(() => session.Accept(3)).Message, StringComparison.Ordinal);
        Assert.Equal(2, session.Length);
        Assert.True(session.TryChoose([1, 2], [0.5f, 0.5f], 0, out _));
        Assert.Throws<InvalidOperationException>(() => session.TryChoose([1, 2], [0.5f, 0.5f], 0, out _));
        session.Accept(3);

        // A replay asks for nothing.
        session.Rewind(1);
        session.Accept(3);
        Assert.Equal(3, session.Length);
    }

    [Fact]
    public void Every_scheme_says_where_it_marks()
    {
        using var key = WatermarkKey.Draw(new SeededRandomBits(1));
        using KeyedScheme green = new GreenListScheme().WithKey(key);
        SynthIdScheme tournament = new() { };
        using WatermarkSecret keys = tournament.DrawSecret(new SeededRandomBits(2));
        using KeyedScheme synthId = tournament.WithKey(keys);
        Assert.Equal(MarkPlace.Logits, new WatermarkSession(green).Place);
        var session = new WatermarkSession(synthId);
        Assert.Equal(MarkPlace.Probabilities, session.Place);
        session.Prime([.. Enumerable.Range(1, synthId.ContextWidth)]);
        Assert.False(session.Apply(new float[8]));
        Assert.Contains("Reshape", Assert.Throws<InvalidOperationException>(() => session.Accept(3)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Negative_ids_are_refused_and_change_nothing()
    {
        using var key = WatermarkKey.Draw(new SeededRandomBits(1));
        using KeyedScheme scheme = new GreenListScheme().WithKey(key);
        var session = new WatermarkSession(scheme);
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Prime([1, -1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Accept(-1));
        Assert.Equal(0, session.Length);
    }

    private static bool Expected(List<(int Token, bool Primed)> model, int width)
    {
        if (model.Count < width)
            return false;
        int[] tokens = [.. model.Select(item => item.Token)];
        for (int position = width; position < tokens.Length; position++)
        {
            if (!model[position].Primed && tokens.AsSpan(position - width, width).SequenceEqual(tokens.AsSpan(^width..)))
                return false;
        }

        return true;
    }
}
