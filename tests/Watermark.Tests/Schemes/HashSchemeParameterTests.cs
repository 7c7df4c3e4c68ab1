using System.Text;
using System.Text.Json;
using Watermark.Catalog;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.SynthId;
using Watermark.Schemes.TextSeal;
using Watermark.Schemes.Vllm;
using Watermark.Statistics;

namespace Watermark.Tests.Schemes;

public sealed class HashSchemeParameterTests
{
    public static TheoryData<string> Canonical => new()
    {
        """{"name":"synthid","ngramLength":5,"contextHistorySize":1024,"numLeaves":2}""",
        """{"name":"synthid","ngramLength":4,"contextHistorySize":7,"numLeaves":3,"scoring":"weighted-mean"}""",
        """{"name":"synthid-hf","ngramLength":5,"contextHistorySize":1024,"numLeaves":2,"samplingTableSize":65536}""",
        """{"name":"textseal","contextWidth":1,"mode":"gumbel"}""",
        """{"name":"textseal","contextWidth":3,"mode":"green-list","gamma":"1/4","delta":2.5}""",
        """{"name":"vllm-gumbel","contextWidth":4,"dedup":true}""",
        """{"name":"vllm-dual-gumbel","contextWidth":4,"alpha":"1/10"}""",
        """{"name":"vllm-sbw","seeding":"selfhash","contextWidth":4,"gamma":"1/2","delta":2}""",
        """{"name":"vllm-sbw","seeding":"lefthash-detector","contextWidth":1,"gamma":"1/4","delta":1}""",
    };

    [Theory]
    [MemberData(nameof(Canonical))]
    public void Parameters_are_written_as_they_are_read(string json)
    {
        WatermarkScheme scheme = SchemeJson.Scheme(json);
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory))
        {
            writer.WriteStartObject();
            writer.WriteString("name", scheme.Name);
            scheme.WriteParameters(writer);
            writer.WriteEndObject();
        }

        Assert.Equal(json, Encoding.UTF8.GetString(memory.ToArray()));
        Assert.Equal(scheme, SchemeJson.Scheme(json));
    }

    [Theory]
    [InlineData("synthid")]
    [InlineData("synthid-hf")]
    [InlineData("textseal")]
    [InlineData("vllm-gumbel")]
    [InlineData("vllm-dual-gumbel")]
    [InlineData("vllm-sbw")]
    public void The_name_alone_gives_the_defaults_and_drawn_secrets_survive_a_key_file(string name)
    {
        WatermarkScheme scheme = SchemeJson.Scheme($$"""{"name":"{{name}}"}""");
        using var memory = new MemoryStream();
        using KeyFile written = KeyFile.Create(scheme, scheme.DrawSecret(new SeededRandomBits(71)), KeyFile.IdsTokenizer, 0, TimeProvider.System);
        written.Write(memory);
        using KeyFile read = KeyFile.Read(memory.ToArray());
        Assert.Equal(written.Id, read.Id);
        Assert.Equal(scheme, read.Scheme);
        Assert.Null(read.Secret.Weakness);
        using KeyedScheme first = written.ToKeyedScheme();
        using KeyedScheme second = read.ToKeyedScheme();
        Assert.Equal(written.Id, first.KeyId);
        int[] tokens = [.. Enumerable.Range(1, 60)];
        Assert.Equal(SchemeJson.Scores(first, tokens), SchemeJson.Scores(second, tokens));
    }

    [Theory]
    [InlineData("""{"name":"synthid","ngramLength":1}""", "scheme.ngramLength")]
    [InlineData("""{"name":"synthid","samplingTableSize":65536}""", "scheme.samplingTableSize")]
    [InlineData("""{"name":"synthid-hf","scoring":"median"}""", "scheme.scoring")]
    [InlineData("""{"name":"textseal","contextWidth":11}""", "scheme.contextWidth")]
    [InlineData("""{"name":"textseal","mode":"gumbel","gamma":"1/4"}""", "scheme.gamma")]
    [InlineData("""{"name":"textseal","mode":"green-list","gamma":"8191.5/8192"}""", "scheme.gamma")]
    [InlineData("""{"name":"textseal","mode":"green-list","gamma":"99999/100000"}""", "scheme.gamma")]
    [InlineData("""{"name":"vllm-gumbel","dedup":1}""", "scheme.dedup")]
    [InlineData("""{"name":"vllm-dual-gumbel","alpha":0}""", "scheme.alpha")]
    [InlineData("""{"name":"vllm-dual-gumbel","alpha":"1/1000001"}""", "scheme.alpha")]
    [InlineData("""{"name":"vllm-sbw","seeding":"minhash"}""", "scheme.seeding")]
    [InlineData("""{"name":"vllm-sbw","delta":-1}""", "scheme.delta")]
    public void Wrong_parameters_are_refused_by_name(string json, string field)
    {
        Assert.Contains(field, Assert.Throws<InputFormatException>(() => SchemeJson.Scheme(json)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"synthid"}""", """{"keys":[654,400,836,123,340,443,597,160,57,29,590,639,13,715,468,990,966,226,324,585,118,504,421,521,129,669,732,225,90,960]}""")]
    [InlineData("""{"name":"synthid-hf"}""", """{"keys":[654,400,836,123,340,443,597,160,57]}""")]
    [InlineData("""{"name":"textseal"}""", """{"secretKey":42}""")]
    [InlineData("""{"name":"vllm-gumbel"}""", """{"key":"42"}""")]
    [InlineData("""{"name":"vllm-sbw"}""", """{"key":"0"}""")]
    public void Published_secrets_are_flagged(string scheme, string secret)
    {
        using JsonDocument document = JsonDocument.Parse(secret);
        using WatermarkSecret read = SchemeJson.Scheme(scheme).ReadSecret(document.RootElement);
        Assert.NotNull(read.Weakness);
    }

    [Fact]
    public void The_number_of_keys_is_the_depth_and_random_keys_have_as_many()
    {
        using KeyedScheme keyed = SchemeJson.Keyed("""{"name":"synthid"}""", """{"keys":[1,2,3,4,5,6,7]}""");
        Assert.Equal(7, keyed.Scheme.Null.TrialsPerRow);
        using WatermarkSecret drawn = keyed.Scheme.DrawSecret(new SeededRandomBits(72));
        using KeyedScheme other = keyed.Scheme.WithKey(drawn);
        Assert.Equal(7, other.Scheme.Null.TrialsPerRow);
        Assert.Throws<ArgumentException>(() => SchemeJson.Keyed("""{"name":"synthid"}""", $$"""{"keys":[{{string.Join(',', Enumerable.Range(1, 65))}}]}"""));
    }

    [Fact]
    public void The_share_of_ones_of_the_coin_table_is_the_null_of_transformers_mark()
    {
        // Counted in Python from an independent Mersenne Twister: 32,767 - see weak-hashes.md.
        var scheme = new SynthIdHfScheme();
        Fraction gamma = scheme.Null.Gamma!.Value;
        using KeyedScheme keyed = SchemeJson.Keyed("""{"name":"synthid-hf"}""", """{"keys":[0]}""");
        // With one key and one token from the start value, all 65,536 residues of the hash appear once.
        long ones = 0;
        var seen = new HashSet<ulong>();
        for (int token = 0; seen.Count < 65536; token++)
        {
            ulong hash = SynthIdHash.Fold(SynthIdHash.Context(1, [0, 0, 0, 0]), token);
            hash = SynthIdHash.Fold(hash, 0) & 0xFFFF;
            if (seen.Add(hash))
                ones += keyed.Score([0, 0, 0, 0], token);
        }

        Assert.Equal(new Fraction(ones, 65536), gamma);
    }

    [Fact]
    public void A_seed_of_the_coin_table_goes_into_the_null_and_random_keys_keep_it()
    {
        using KeyedScheme keyed = SchemeJson.Keyed("""{"name":"synthid-hf"}""", """{"keys":[1,2],"samplingTableSeed":834}""");
        Assert.Equal(834ul, ((SynthIdHfScheme)keyed.Scheme).SamplingTableSeed);
        using WatermarkSecret drawn = keyed.Scheme.DrawSecret(new SeededRandomBits(73));
        using KeyedScheme other = keyed.Scheme.WithKey(drawn);
        Assert.Equal(834ul, ((SynthIdHfScheme)other.Scheme).SamplingTableSeed);
        Assert.Equal(keyed.Scheme.Null, other.Scheme.Null);
    }

    [Fact]
    public void The_nulls_are_the_exact_ones()
    {
        Assert.Equal(new Fraction(2048, 8191), new TextSealScheme { Mode = TextSealMode.GreenList, Gamma = Fraction.Quarter }.Null.Gamma);
        Assert.Equal(new Fraction(536870911, 1L << 31), new VllmSbwScheme { Gamma = Fraction.Quarter }.Null.Gamma);
        Assert.Equal(Fraction.Half, new SynthIdScheme().Null.Gamma);
        Assert.IsType<GammaNull>(new VllmGumbelScheme().Null);
        Assert.Equal(new DualGammaNull(new Fraction(1, 10)), new VllmDualGumbelScheme().Null);
    }

    [Fact]
    public void Published_selections_are_the_engines()
    {
        foreach (string name in (string[])["synthid", "synthid-hf", "textseal", "vllm-gumbel", "vllm-dual-gumbel", "vllm-sbw"])
            SchemeJson.Scheme($$"""{"name":"{{name}}"}""").PublishedSelection.Validate();
        Assert.Equal(DistinctRule.None, new VllmGumbelScheme { Dedup = false }.PublishedSelection.Distinct);
        Assert.Equal(-1, new VllmSbwScheme().PublishedSelection.Padding);
        Assert.Equal(4, new TextSealScheme { ContextWidth = 3 }.PublishedSelection.FirstPosition);
        Assert.Null(new SynthIdScheme().Padding);
    }

    [Fact]
    public void Values_out_of_range_are_refused_in_code_too()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SynthIdScheme { NumLeaves = 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SynthIdHfScheme { SamplingTableSize = 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new TextSealScheme { ContextWidth = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new TextSealScheme { Gamma = new Fraction(1, 1) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new VllmGumbelScheme { ContextWidth = 17 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new VllmDualGumbelScheme { Alpha = new Fraction(0, 1) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new VllmSbwScheme { Delta = double.NaN });
    }

    [Theory]
    [MemberData(nameof(Canonical))]
    public void A_disposed_scheme_is_refused(string json)
    {
        WatermarkScheme scheme = SchemeJson.Scheme(json);
        using WatermarkSecret secret = scheme.DrawSecret(new SeededRandomBits(74));
        KeyedScheme keyed = scheme.WithKey(secret);
        int[] tokens = [.. Enumerable.Range(1, 80)];
        keyed.Dispose();
        Assert.Throws<ObjectDisposedException>(() => SchemeJson.Scores(keyed, tokens));
        Assert.DoesNotContain("secret", keyed.ToString(), StringComparison.OrdinalIgnoreCase);
    }
}
