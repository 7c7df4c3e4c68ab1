using System.Text;
using System.Text.Json;
using Watermark.Catalog;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Torch;

namespace Watermark.Tests.Schemes.Torch;

public sealed class TorchParametersTests
{
    [Theory]
    [InlineData("""{"name":"kgw","seeding":"selfhash","gamma":"1/4","delta":2,"vocabularySize":32000}""", 3)]
    [InlineData("""{"name":"kgw","seeding":"ff-position_prf-3-False","gamma":"1/2","delta":0.5,"vocabularySize":50257}""", 3)]
    [InlineData("""{"name":"hf-kgw","seeding":"lefthash","contextWidth":2,"gamma":"1/4","delta":2.5,"vocabularySize":32000}""", 1)]
    [InlineData("""{"name":"hf-kgw","seeding":"selfhash","contextWidth":1,"gamma":"1/4","delta":2.5,"vocabularySize":32000}""", 0)]
    [InlineData("""{"name":"markllm-kgw","seeding":"min","contextWidth":3,"seedRange":"full","gamma":"1/2","delta":2,"vocabularySize":32000}""", 3)]
    [InlineData("""{"name":"maryland","contextWidth":4,"gamma":"1/4","delta":3,"vocabularySize":32000,"seeding":"hash"}""", 4)]
    [InlineData("""{"name":"gumbel-torch","contextWidth":3,"vocabularySize":32000}""", 3)]
    public void What_is_written_is_read(string json, int contextWidth)
    {
        WatermarkScheme scheme = SchemeJson.Scheme(json);
        Assert.Equal(contextWidth, scheme.ContextWidth);
        Assert.Equal(json, Written(scheme));
        Assert.Equal(scheme, SchemeJson.Scheme(Written(scheme)));
        Assert.Equal(scheme.GetHashCode(), SchemeJson.Scheme(json).GetHashCode());
        Assert.False(scheme.PublishedSelection.ExcludePromptContexts);
        scheme.PublishedSelection.Validate();
    }

    [Theory]
    [InlineData("""{"name":"kgw","gamma":"1/4","vocabularySize":32000}""", "seeding")]
    [InlineData("""{"name":"kgw","seeding":"lefthash","gamma":"1/4"}""", "vocabularySize")]
    [InlineData("""{"name":"kgw","seeding":"righthash","vocabularySize":32000}""", "seeding")]
    [InlineData("""{"name":"kgw","seeding":"lefthash","vocabularySize":1}""", "vocabularySize")]
    [InlineData("""{"name":"kgw","seeding":"lefthash","vocabularySize":3,"gamma":"1/4"}""", "Gamma")]
    [InlineData("""{"name":"kgw","seeding":"lefthash","vocabularySize":32000,"hashKey":5}""", "hashKey")]
    [InlineData("""{"name":"hf-kgw","seeding":"minhash","vocabularySize":32000}""", "seeding")]
    [InlineData("""{"name":"hf-kgw","contextWidth":17,"vocabularySize":32000}""", "contextWidth")]
    [InlineData("""{"name":"markllm-kgw","seeding":"lefthash","vocabularySize":32000}""", "seeding")]
    [InlineData("""{"name":"markllm-kgw","seedRange":"int64","vocabularySize":32000}""", "seedRange")]
    [InlineData("""{"name":"markllm-kgw","windowScheme":"self","vocabularySize":32000}""", "windowScheme")]
    [InlineData("""{"name":"maryland","contextWidth":0,"vocabularySize":32000}""", "contextWidth")]
    [InlineData("""{"name":"maryland","seeding":"additive","vocabularySize":32000}""", "seeding")]
    [InlineData("""{"name":"maryland","delta":-1,"vocabularySize":32000}""", "delta")]
    [InlineData("""{"name":"maryland","gamma":"1","vocabularySize":32000}""", "gamma")]
    [InlineData("""{"name":"gumbel-torch","gamma":"1/4","vocabularySize":32000}""", "gamma")]
    public void What_is_wrong_is_refused_by_name(string json, string named)
    {
        InputFormatException exception = Assert.Throws<InputFormatException>(() => SchemeJson.Scheme(json));
        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"kgw","seeding":"lefthash","vocabularySize":32000}""", "hashKey")]
    [InlineData("""{"name":"hf-kgw","vocabularySize":32000}""", "hashKey")]
    [InlineData("""{"name":"markllm-kgw","vocabularySize":32000}""", "hashKey")]
    [InlineData("""{"name":"maryland","vocabularySize":32000}""", "seed")]
    [InlineData("""{"name":"gumbel-torch","vocabularySize":32000}""", "seed")]
    public void Published_keys_are_weak_and_drawn_ones_are_not(string json, string member)
    {
        WatermarkScheme scheme = SchemeJson.Scheme(json);
        foreach (long published in (long[])[15485863, 35317, 42, 0])
        {
            using JsonDocument document = JsonDocument.Parse($$"""{"{{member}}":{{published}}}""");
            using WatermarkSecret secret = scheme.ReadSecret(document.RootElement);
            Assert.NotNull(secret.Weakness);
        }

        using WatermarkSecret drawn = scheme.DrawSecret(new SeededRandomBits(1));
        Assert.Null(drawn.Weakness);
        using KeyedScheme keyed = scheme.WithKey(drawn);
        Assert.Equal(scheme.IdOf(drawn), keyed.KeyId);
        Assert.Equal($"{scheme.Name} (key {keyed.KeyId})", keyed.ToString());
    }

    [Fact]
    public void A_native_key_is_refused()
    {
        WatermarkScheme scheme = SchemeJson.Scheme("""{"name":"maryland","vocabularySize":32000}""");
        using WatermarkSecret native = WatermarkKey.Draw(new SeededRandomBits(1));
        Assert.Throws<ArgumentException>(() => scheme.WithKey(native));
    }

    [Fact]
    public void The_largest_vocabulary_is_stated_in_the_catalogue()
    {
        foreach (string name in (string[])["kgw", "hf-kgw", "markllm-kgw", "maryland", "gumbel-torch"])
            Assert.Contains($"{TorchListScheme.MaximumVocabularySize}", SchemeCatalog.Find(name)!.Find("vocabularySize")!.Values, StringComparison.Ordinal);
    }

    private static string Written(WatermarkScheme scheme)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("name", scheme.Name);
            scheme.WriteParameters(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
