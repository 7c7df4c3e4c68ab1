using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Watermark.Catalog;
using Watermark.Keys;
using Watermark.Schemes;
using Watermark.Tests.Schemes;

namespace Watermark.Tests.Catalog;

/// <summary>Ids cover scheme and secret, hide small secrets, and those of version 1 are kept.</summary>
public sealed class KeyIdTests
{
    private const string FirstVersion = """
        {
          "format": "watermark-key/1",
          "id": "42626650d46095de",
          "scheme": {
            "name": "green-list",
            "gamma": "1/4",
            "delta": 2,
            "contextWidth": 2
          },
          "tokenizer": "cl100k_base",
          "vocabularySize": 100256,
          "created": "2026-11-26T22:10:43Z",
          "secret": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
        }

        """;

    private const string Maryland = """
        { "format": "watermark-key/2", "id": "a5462f36ec7eec9d98dc9dab7b3a1f82", "idSalt": "AAECAwQFBgcICQoLDA0ODw==",
          "scheme": { "name": "maryland", "vocabularySize": 32000 }, "secret": { "seed": 3 } }
        """;

    [Theory]
    [InlineData("""{"name":"green-list"}""")]
    [InlineData("""{"name":"gumbel","contextWidth":1}""")]
    [InlineData("""{"name":"synthid-hf"}""")]
    [InlineData("""{"name":"vllm-sbw"}""")]
    public void An_id_is_the_documented_digest(string json)
    {
        WatermarkScheme scheme = SchemeJson.Scheme(json);
        for (ulong seed = 0; seed < 20; seed++)
        {
            using WatermarkSecret secret = scheme.DrawSecret(new Watermark.Randomness.SeededRandomBits(seed));
            byte[] stem = SHA256.HashData(Encoding.UTF8.GetBytes($"watermark/v2/key-id/secret\0{Convert.ToBase64String(secret.IdSalt.Span)}\0{Text(secret)}"));
            byte[] digest = SHA256.HashData([.. Encoding.UTF8.GetBytes($"watermark/v2/key-id\0{Encoding.UTF8.GetString(scheme.ToJson())}\0"), .. stem]);
            string id = Convert.ToHexStringLower(digest)[..32];
            Assert.Equal(id, scheme.IdOf(secret));
            KeyedScheme keyed = scheme.WithKey(secret);
            keyed.Dispose();
            Assert.Equal(id, keyed.KeyId);
        }
    }

    [Fact]
    public void Golden_ids_of_a_salted_key()
    {
        using KeyFile key = Read(Maryland);
        Assert.Equal("a5462f36ec7eec9d98dc9dab7b3a1f82", key.Id);
        Assert.Equal(2, key.IdVersion);
        Assert.Null(key.Remark);
        using KeyedScheme keyed = key.ToKeyedScheme();
        Assert.Equal(key.Id, keyed.KeyId);
        Assert.Contains("AAECAwQFBgcICQoLDA0ODw==", Written(key), StringComparison.Ordinal);
        Assert.Equal("The field 'idSalt' is missing; the scheme 'maryland' needs it.", Refusal(Maryland.Replace("\"idSalt\": \"AAECAwQFBgcICQoLDA0ODw==\",", string.Empty, StringComparison.Ordinal)));
        Assert.Contains("does not fit", Refusal(Maryland.Replace("32000", "32001", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("does not fit", Refusal(Maryland.Replace("AAEC", "ABEC", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_integer_secrets_have_ids_of_their_own()
    {
        WatermarkScheme scheme = SchemeJson.Scheme("""{"name":"vllm-gumbel"}""");
        using WatermarkSecret first = ReadSecret(scheme);
        using WatermarkSecret second = ReadSecret(scheme);
        using WatermarkSecret clone = first.Clone();
        Assert.NotEqual(scheme.IdOf(first), scheme.IdOf(second));
        Assert.Equal(scheme.IdOf(first), scheme.IdOf(clone));
        using KeyFile file = KeyFile.Create(scheme, clone, KeyFile.IdsTokenizer, 0, TimeProvider.System);
        using KeyFile again = Read(Written(file));
        Assert.Equal(scheme.IdOf(first), again.Id);

        static WatermarkSecret ReadSecret(WatermarkScheme scheme)
        {
            using JsonDocument document = JsonDocument.Parse("""{"key":"123"}""");
            return scheme.ReadSecret(document.RootElement);
        }
    }

    [Fact]
    public void A_key_of_version_1_keeps_its_id_and_says_what_it_lacks()
    {
        using KeyFile key = Read(FirstVersion);
        Assert.Equal("42626650d46095de", key.Id);
        Assert.Equal(1, key.IdVersion);
        Assert.Equal("The id of this key (version 1) does not cover scheme, gamma, context width and delta.", key.Remark);
        using KeyedScheme keyed = key.ToKeyedScheme();
        Assert.Equal(key.Id, keyed.KeyId);
        Assert.Equal(FirstVersion, Written(key));
        using KeyFile windows = Read("\uFEFF" + FirstVersion.ReplaceLineEndings("\r\n").TrimEnd());
        Assert.Equal(key.Id, windows.Id);
        using KeyFile renewed = KeyFile.Create(key.Scheme, key.Secret.Clone(), key.Tokenizer, key.VocabularySize, TimeProvider.System);
        Assert.Equal(2, renewed.IdVersion);
        Assert.Equal(32, renewed.Id.Length);
    }

    [Fact]
    public void A_protected_key_of_version_1_is_read_whatever_its_layout()
    {
        using KeyFile key = Read(FirstVersion);
        using var memory = new MemoryStream();
        key.Write(memory, "right");
        string compact = JsonSerializer.Serialize(JsonDocument.Parse(memory.ToArray()).RootElement);
        using KeyFile read = KeyFile.Read(Encoding.UTF8.GetBytes(compact), _ => "right".ToCharArray());
        Assert.Equal(1, read.IdVersion);
        Assert.Equal("42626650d46095de", read.Id);
    }

    [Fact]
    public void A_key_of_version_1_that_was_written_anew_is_refused()
    {
        // What a script leaves that loads the file, changes gamma and saves it: the id fits, since it covers the secret alone.
        string changed = """{"format": "watermark-key/1", "id": "42626650d46095de", "scheme": {"name": "green-list", "gamma": "1/2", "delta": 2, "contextWidth": 2}, "tokenizer": "cl100k_base", "vocabularySize": 100256, "created": "2026-11-26T22:10:43Z", "secret": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}""";
        Assert.StartsWith("The key file was changed after it was made", Refusal(changed), StringComparison.Ordinal);
        Assert.StartsWith("The key file was changed", Refusal(FirstVersion.Replace("\"1/4\"", "0.5", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.StartsWith("The key file was changed", Refusal(FirstVersion.Replace("\"1/4\"", "\"2/4\"", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.StartsWith("The field 'id' says 0", Refusal(FirstVersion.Replace("42626650d46095de", "0000000000000000", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_foreign_key_of_version_1_written_by_hand_has_an_id_without_salt()
    {
        using KeyFile key = Read("""{"format":"watermark-key/1","scheme":{"name":"maryland","vocabularySize":32000},"secret":{"seed":3}}""");
        byte[] text = Encoding.UTF8.GetBytes("""{"scheme":{"name":"maryland","contextWidth":2,"gamma":"1/4","delta":2,"vocabularySize":32000,"seeding":"hash"},"secret":{"seed":3}}""");
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(text))[..16], key.Id);
        Assert.Equal(1, key.IdVersion);
        Assert.Contains("not salted", key.Remark, StringComparison.Ordinal);
    }

    private static string Refusal(string json) => Assert.Throws<InputFormatException>(() => Read(json)).Message;

    private static KeyFile Read(string json) => KeyFile.Read(Encoding.UTF8.GetBytes(json));

    private static string Written(KeyFile key)
    {
        using var memory = new MemoryStream();
        key.Write(memory);
        return Encoding.UTF8.GetString(memory.ToArray());
    }

    private static string Text(WatermarkSecret secret)
    {
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory))
            secret.WriteTo(writer);
        return Encoding.UTF8.GetString(memory.ToArray());
    }
}
