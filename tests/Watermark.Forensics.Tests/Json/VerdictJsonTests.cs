using System.Text;
using System.Text.Json;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;

namespace Watermark.Forensics.Tests.Json;

public sealed class VerdictJsonTests
{
    private static readonly string[] MeasuredMembers = ["effect", "power", "counts", "diagnostics", "inputs", "randomKeys"];

    [Fact]
    public void A_verdict_has_the_documented_members_in_order()
    {
        using JsonDocument json = JsonDocument.Parse(Examples.Bytes(Examples.Full()));
        JsonElement root = json.RootElement;
        JsonElement finding = root.GetProperty("findings")[0];

        Assert.Equal(
            ["format", "tool", "version", "created", "commandLine", "outcome", "strength", "sentence", "plan", "multiplicity", "combination", "findings", "diagnostics"],
            Examples.Names(root));
        Assert.Equal("watermark-verdict/2", root.GetProperty("format").GetString());
        Assert.Equal(
            [
                "title", "question", "outcome", "strength", "sentence", "h1", "h0", "supportCaveat", "noSupportCaveat", "statistic", "prior", "null", "logP", "logPMethod", "logE",
                "adjustedLogP", "adjustedLogE", "multiplicity", "rule", .. MeasuredMembers, "key", "options", "seed", "assumptions", "waivers", "controls", "version", "created",
            ],
            Examples.Names(finding));
        Assert.Equal(["title", "showsSignal", "null", "logP", "logPMethod", "logE", .. MeasuredMembers], Examples.Names(finding.GetProperty("controls")[0]));
        Assert.Equal("""{"name":"green-list","gamma":"1/4","delta":2.5,"contextWidth":2}""", JsonSerializer.Serialize(finding.GetProperty("key").GetProperty("scheme")));
        Assert.Equal("""{"documents":120,"tokens":25000,"rows":21000,"scored":20000,"leftOutByPrompts":300,"green":5824,"huge":"9223372036854775807"}""", JsonSerializer.Serialize(finding.GetProperty("counts")));
        Assert.Equal("18446744073709551615", finding.GetProperty("seed").GetString());
        Assert.Equal("support", finding.GetProperty("outcome").GetString());
        Assert.Equal("extremely strong", finding.GetProperty("strength").GetString());
        Assert.Equal("2026-11-27T02:00:00Z", root.GetProperty("created").GetString());
    }

    [Fact]
    public void Numbers_that_do_not_exist_are_null()
    {
        using JsonDocument json = JsonDocument.Parse(Examples.Bytes(Examples.WithoutPlan()));
        JsonElement bare = json.RootElement.GetProperty("findings")[1];

        foreach (string name in new[] { "logE", "adjustedLogE", "seed", "key", "randomKeys", "created" })
            Assert.Equal(JsonValueKind.Null, bare.GetProperty(name).ValueKind);
        Assert.Equal("""{"estimate":null,"nullValue":0.25,"unit":"green fraction","interval":null,"replyInterval":null}""", JsonSerializer.Serialize(bare.GetProperty("effect")));
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("plan").ValueKind);
        Assert.Equal("inconclusive", bare.GetProperty("outcome").GetString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_verdict_is_read_back_as_it_was_written(bool planned)
    {
        byte[] bytes = Examples.Bytes(planned ? Examples.Full() : Examples.WithoutPlan());

        Verdict verdict = VerdictJson.Read(bytes);

        Assert.Equal(Encoding.UTF8.GetString(bytes), Examples.Text(verdict));
        Assert.Equal(bytes, Examples.Bytes(VerdictJson.Read(Encoding.UTF8.Preamble.ToArray().Concat(bytes).ToArray())));
        Assert.Equal(Examples.Finding.Key, verdict.Findings[0].Key);
        Assert.Equal(Examples.Finding.Sentence, verdict.Findings[0].Sentence);
        Assert.Equal(Examples.Finding.Controls[0].Power, verdict.Findings[0].Controls[0].Power);
    }

    [Fact]
    public void The_same_verdict_gives_the_same_bytes_and_a_final_line_feed()
    {
        byte[] first = Examples.Bytes(Examples.Full());

        Assert.Equal(first, Examples.Bytes(Examples.Full()));
        Assert.Equal((byte)'\n', first[^1]);
        Assert.DoesNotContain((byte)'\r', first);
    }

    [Fact]
    public void A_finding_alone_has_no_adjusted_p_value()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            FindingJson.Write(Examples.Finding, writer);
        using JsonDocument json = JsonDocument.Parse(stream.ToArray());

        Assert.False(json.RootElement.TryGetProperty("adjustedLogP", out _));
        Assert.Equal("support", json.RootElement.GetProperty("outcome").GetString());
    }

    [Theory]
    [InlineData("\"format\": \"watermark-verdict/2\"", "\"format\": \"watermark-verdict/1\"", "The format 'watermark-verdict/1' is not supported; this version reads 'watermark-verdict/2'.")]
    [InlineData("\"tokens\": 25000", "\"tokens\": -1", "The field 'findings[0].counts.tokens' must be a whole number from 0.")]
    [InlineData("\"logP\": -31.125", "\"logP\": \"x\"", "The field 'findings[0].logP' must be a number or null.")]
    [InlineData("\"logPMethod\": \"upper-bound\"", "\"logPMethod\": \"guess\"", "The field 'findings[0].logPMethod' is 'guess'; one of exact, upper-bound was expected.")]
    [InlineData("\"severity\": \"warning\"", "\"severity\": \"bad\"", "The field 'findings[0].diagnostics[0].severity' is 'bad'; one of note, warning, blocking was expected.")]
    [InlineData("\"role\": \"suspect\"", "\"roll\": \"suspect\"", "The field 'findings[0].inputs[0].role' is missing.")]
    [InlineData("\"unread\": 3", "\"unread\": 3, \"more\": 1", "The field 'findings[0].inputs[0].more' is unknown; known are ")]
    [InlineData("\"sha256\": \"aaa", "\"sha256\": \"Aaa", "The field 'findings[0].inputs[0].sha256' must be 64 lower-case hexadecimal digits or null.")]
    [InlineData("\"agrees\": true", "\"agrees\": 1", "The field 'findings[0].randomKeys.agrees' must be true, false or null.")]
    [InlineData("\"created\": \"2026-11-27T02:00:00Z\"", "\"created\": \"yesterday\"", "The field 'created' must be a UTC time such as \"2026-11-23T17:00:00Z\" or null.")]
    [InlineData("\"alpha\": 0.0001", "\"alpha\": 1", "The field 'alpha' is 1; a number between 0 and 1 was expected.")]
    public void Faults_are_one_sentence_with_the_field(string from, string to, string message)
    {
        string text = Examples.Text(Examples.Full());
        Assert.Contains(from, text, StringComparison.Ordinal);
        int at = text.IndexOf(from, StringComparison.Ordinal);
        string altered = string.Concat(text.AsSpan(0, at), to, text.AsSpan(at + from.Length));

        Assert.StartsWith(message, Assert.Throws<InputFormatException>(() => Read(altered)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"outcome\": \"inconclusive\"", "\"outcome\": \"support\"", "The field 'findings[1].outcome' is 'support', and the fields that it follows from give 'inconclusive': the file was altered.")]
    [InlineData("\"strength\": \"extremely strong\",\n      \"sentence\"", "\"strength\": \"strong\",\n      \"sentence\"", "The field 'findings[0].strength' is 'strong', and")]
    [InlineData("\"logE\": 23.5", "\"logE\": 24.5", "The field 'findings[0].adjustedLogE' is 21.7082")]
    [InlineData("\"logP\": -31.125", "\"logP\": -32", "The field 'findings[0].adjustedLogP' is -29.333")]
    [InlineData("\"showsSignal\": false", "\"showsSignal\": true", "The field 'findings[0].controls[0].showsSignal' is true, and")]
    [InlineData("\"rule\": \"holm\"", "\"rule\": \"mean-e\"", "The field 'combination.rule' is 'mean-e', and")]
    [InlineData("\"code\": \"findings-missing\"", "\"code\": \"no-plan\"", "The field 'diagnostics' is no-plan, and the fields that it follows from give findings-missing: the file was altered.")]
    [InlineData("\"m\": 6", "\"m\": 1", "The field 'plan.multiplicity.m' is 1; 6 was expected")]
    [InlineData("\"logThreshold\": 8.", "\"logThreshold\": 7.", "The members of the verdict contradict each other. The finding")]
    public void What_follows_from_other_members_must_agree_with_them(string from, string to, string message)
    {
        string text = Examples.Text(Examples.Full());
        int at = text.IndexOf(from, StringComparison.Ordinal);
        Assert.True(at > 0);
        string altered = string.Concat(text.AsSpan(0, at), to, text.AsSpan(at + from.Length));

        Assert.StartsWith(message, Assert.Throws<InputFormatException>(() => Read(altered)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_blocking_diagnostic_that_was_taken_out_is_noticed()
    {
        Verdict verdict = Verdict.From([Examples.Finding, Examples.Bare], Examples.Plan with { Keys = ["other"] }, Examples.Plan.Tests);
        using JsonDocument json = JsonDocument.Parse(Examples.Bytes(verdict));
        string message = json.RootElement.GetProperty("findings")[0].GetProperty("diagnostics")[1].GetRawText();

        string altered = Examples.Text(verdict).Replace(",\n        " + message, string.Empty, StringComparison.Ordinal);

        Assert.NotEqual(Examples.Text(verdict), altered);
        Assert.Throws<InputFormatException>(() => Read(altered));
        Assert.Contains(VerdictComparison.Differences(Encoding.UTF8.GetBytes(altered), verdict), sentence => sentence == "findings[0].diagnostics has 1 items, recomputed 2.");
    }

    private static Verdict Read(string json) => VerdictJson.Read(Encoding.UTF8.GetBytes(json));
}
