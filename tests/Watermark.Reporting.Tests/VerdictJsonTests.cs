using System.Text.Json;
using Watermark.Forensics.Distillation;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.TestKit;

namespace Watermark.Reporting.Tests;

public sealed class VerdictJsonTests
{
    private static readonly string[] CorpusMembers =
    [
        "documents", "tokens", "scored", "green", "gamma", "greenFraction", "greenFractionInterval", "logP", "z", "logE", "documentInterval", "distinctRows", "isSample",
    ];

    [Fact]
    public void A_verdict_has_the_documented_members_in_order()
    {
        using JsonDocument json = JsonDocument.Parse(Write(Verdict(new GreenListScheme(), 400, withControl: true)));
        JsonElement root = json.RootElement;

        Assert.Equal(
            [
                "format", "verdict", "outcome", "strength", "logLikelihoodRatio", "decidedBy", "keyId", "scheme", "null", "tokenizer", "tokenizerHash", "suspect", "control",
                "randomKeys", "smallestDetectableEffect", "power", "warnings",
            ],
            Names(root));
        Assert.Equal("watermark-verdict/1", root.GetProperty("format").GetString());
        Assert.Equal(CorpusMembers, Names(root.GetProperty("suspect")));
        Assert.Equal(CorpusMembers, Names(root.GetProperty("control")));
        Assert.Equal(
            ["count", "mean", "standardDeviation", "expectedMean", "expectedStandardDeviation", "rank", "logP", "logE", "agreesWithTheory", "histogram"],
            Names(root.GetProperty("randomKeys")));
        Assert.Equal("1/4", root.GetProperty("suspect").GetProperty("gamma").GetString());
        Assert.Equal("""{"name":"green-list","gamma":"1/4","delta":2,"contextWidth":2}""", JsonSerializer.Serialize(root.GetProperty("scheme")));
        Assert.Equal(50, root.GetProperty("randomKeys").GetProperty("histogram").GetProperty("counts").EnumerateArray().Sum(count => count.GetInt32()));
    }

    [Fact]
    public void Numbers_that_do_not_exist_are_null()
    {
        using JsonDocument json = JsonDocument.Parse(Write(Verdict(new GreenListScheme(), 0)));
        JsonElement suspect = json.RootElement.GetProperty("suspect");

        Assert.Equal(0, suspect.GetProperty("scored").GetInt32());
        Assert.Equal(0, suspect.GetProperty("logP").GetDouble());
        foreach (string name in new[] { "greenFraction", "greenFractionInterval", "z", "documentInterval" })
            Assert.Equal(JsonValueKind.Null, suspect.GetProperty(name).ValueKind);
        foreach (string name in new[] { "control", "randomKeys", "smallestDetectableEffect" })
            Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty(name).ValueKind);
        Assert.Equal("inconclusive", json.RootElement.GetProperty("outcome").GetString());
    }

    [Fact]
    public void Schemes_that_do_not_count_show_their_score()
    {
        using JsonDocument json = JsonDocument.Parse(Write(Verdict(new GumbelScheme { ContextWidth = 2 }, 400)));
        JsonElement suspect = json.RootElement.GetProperty("suspect");

        Assert.False(suspect.TryGetProperty("green", out _));
        Assert.InRange(suspect.GetProperty("score").GetDouble(), 250, 550);
        Assert.Equal("Gamma(n, 1)", json.RootElement.GetProperty("null").GetString());
    }

    [Fact]
    public void The_same_verdict_gives_the_same_bytes_and_a_final_line_feed()
    {
        byte[] first = Write(Verdict(new GreenListScheme(), 300));

        Assert.Equal(first, Write(Verdict(new GreenListScheme(), 300)));
        Assert.Equal((byte)'\n', first[^1]);
        Assert.DoesNotContain((byte)'\r', first);
    }

    private static byte[] Write(DistillationVerdict verdict)
    {
        using var stream = new MemoryStream();
        VerdictJson.Write(verdict, stream);
        return stream.ToArray();
    }

    private static DistillationVerdict Verdict(WatermarkScheme scheme, int tokens, bool withControl = false)
    {
        using WatermarkSecret secret = scheme.DrawSecret(new SeededRandomBits(3));
        using KeyedScheme keyed = scheme.WithKey(secret);
        var builder = new NGramTableBuilder(new NGramTableSchema { ContextWidth = scheme.ContextWidth });
        builder.AddDocument(MarkedText.DrawPlain(tokens, new SeededRandomBits(1)));
        var corpus = new Corpus(builder.Build());
        return new DistillationTest(keyed, new DistillationTestOptions { RandomKeys = 50 }).Run(corpus, withControl ? corpus : null);
    }

    private static string[] Names(JsonElement element) => [.. element.EnumerateObject().Select(property => property.Name)];
}
