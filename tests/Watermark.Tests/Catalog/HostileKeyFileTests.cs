using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Watermark.Catalog;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.TestKit;
using Watermark.TestKit.Fuzzing;

namespace Watermark.Tests.Catalog;

/// <summary>Damaged and forged key files are refused in one sentence.</summary>
public sealed class HostileKeyFileTests
{
    private const string Secret = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    public static TheoryData<string> Files => new(HostileInputs.Names("key-"));

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_that_was_read_wrongly_is_refused_with_path_and_place(string name)
    {
        string path = HostileInputs.PathOf(name);

        InputFormatException exception = Assert.Throws<InputFormatException>(() => KeyFile.Load(path));

        Assert.Matches($@"^{Regex.Escape(path)}: The key file holds a text that is not valid Unicode \(line \d+, byte \d+\)\.$", exception.Message);
    }

    [Theory]
    [InlineData("{\n \"format\": \"watermark-key/1\",\n \"format\": \"watermark-key/1\"}", "The key file has a field that stands twice in one object (line 3, byte 2).")]
    [InlineData("{\"format\": \"watermark-key/1\", \"scheme\": {\"name\": \"gumbel\", \"name\": \"gumbel\"}}", "The key file has a field that stands twice in one object (line 1, byte 60).")]
    [InlineData("{\"format\":\n nul}", "The key file is not valid JSON (line 2, byte 5).")]
    [InlineData("", "The key file is not valid JSON (line 1, byte 1).")]
    [InlineData("{\"a\\ud83d\": 1}", "The key file holds a text that is not valid Unicode (line 1, byte 2).")]
    [InlineData("{\"a\": \"\\ude00\\ud83d\"}", "The key file holds a text that is not valid Unicode (line 1, byte 7).")]
    [InlineData("{\"a\": \"\\ud83dx\"}", "The key file holds a text that is not valid Unicode (line 1, byte 7).")]
    [InlineData("{\"a\\u001b[2J\\ud83d\\ude00\": \"\\\\ud83d\", \"format\": \"watermark-key/1\"}", "The field '…' (not shown, since it may be a secret) is unknown; a key file has format, id, idSalt, scheme, tokenizer, tokenizerHash, vocabularySize, created, purpose, secret, protectedSecret.")]
    public void The_place_is_named_and_names_are_shown_harmlessly(string json, string message) =>
        Assert.Equal(message, Assert.Throws<InputFormatException>(() => KeyFile.Read(Encoding.UTF8.GetBytes(json))).Message);

    [Theory]
    [InlineData(10_000_001)]
    [InlineData(99_999)]
    [InlineData(int.MaxValue)]
    public void A_passphrase_is_not_stretched_as_often_as_a_stranger_asks(int iterations)
    {
        string json = $$"""
            { "format": "watermark-key/2", "id": "e8bab68f133f6c402f8257e3655a6811", "scheme": { "name": "green-list" },
              "protectedSecret": { "kdf": "PBKDF2-SHA256", "iterations": {{iterations}}, "cipher": "AES-256-GCM", "salt": "AAECAwQFBgcICQoLDA0ODw==",
                "nonce": "AAECAwQFBgcICQoL", "ciphertext": "AAEC", "tag": "AAECAwQFBgcICQoLDA0ODw==" } }
            """;

        InputFormatException exception = Assert.Throws<InputFormatException>(
            () => KeyFile.Read(Encoding.UTF8.GetBytes(json), _ => throw new InvalidOperationException("Nobody is asked.")));

        Assert.Equal("The field 'protectedSecret.iterations' must be an integer from 100000 to 10000000.", exception.Message);
    }

    [Theory]
    [InlineData("{\"format\": \"watermark-key/1\", \"15485863\": 1}")]
    [InlineData("{\"format\": \"15485863\"}")]
    [InlineData("{\"format\": \"watermark-key/2\", \"scheme\": {\"name\": \"15485863\"}, \"secret\": 1}")]
    [InlineData("{\"format\": \"watermark-key/2\", \"scheme\": {\"name\": \"gumbel\", \"15485863\": 1}, \"secret\": 1}")]
    [InlineData("{\"format\": \"watermark-key/1\", \"scheme\": {\"name\": \"hf-kgw\", \"vocabularySize\": 9}, \"secret\": {\"15485863\": 1}}")]
    [InlineData("{\"format\": \"watermark-key/1\", \"id\": \"0123456789abcdef\", \"scheme\": {\"name\": \"gumbel\"}, \"protectedSecret\": {\"15485863\": 1}}")]
    public void A_secret_at_the_wrong_place_is_not_shown(string json)
    {
        InputFormatException exception = Assert.Throws<InputFormatException>(() => KeyFile.Read(Encoding.UTF8.GetBytes(json)));

        Assert.DoesNotContain("15485863", exception.ToString(), StringComparison.Ordinal);
        Assert.Contains("not shown", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_from_a_file_are_shown_harmlessly_on_one_line()
    {
        var exception = new InputFormatException("The tensor 'a\u001b[2J\nb\u202ec' is unknown." + new string('x', 5000));

        Assert.StartsWith("The tensor 'a\\u001B[2J\\u000Ab\\u202Ec' is unknown.", exception.Message, StringComparison.Ordinal);
        Assert.InRange(exception.Message.Length, 2000, 2100);
    }

    [Fact]
    public void Any_change_of_a_key_file_is_read_or_refused_and_shows_no_secret()
    {
        List<byte[]> seeds = Seeds();
        string[] secrets = [.. seeds.SelectMany(SecretTexts).Distinct()];
        Assert.True(secrets.Length > SchemeCatalog.All.Count);
        FuzzRun.Run("key-file", seeds, bytes =>
        {
            try
            {
                KeyFile.Read(bytes, _ => "p".ToCharArray()).Dispose();
            }
            catch (InputFormatException exception) when (secrets.Any(text => exception.ToString().Contains(text, StringComparison.Ordinal)))
            {
                throw new InvalidOperationException("The message shows the secret.", exception);
            }
        }, new FuzzOptions { Inputs = 3000 });
    }

    /// <summary>The beginnings of the texts and integers of a key's secret.</summary>
    private static IEnumerable<string> SecretTexts(byte[] seed)
    {
        using JsonDocument document = JsonDocument.Parse(seed);
        string secret = document.RootElement.GetProperty("secret").GetRawText();
        return Regex.Matches(secret, "[0-9]{9,}|[A-Za-z0-9+/]{40,}").Select(match => match.Value[..8]).ToArray();
    }

    /// <summary>A key of every scheme, and one of version 1.</summary>
    private static List<byte[]> Seeds()
    {
        var seeds = new List<byte[]>
        {
            Encoding.UTF8.GetBytes($$"""{"format":"watermark-key/1","scheme":{"name":"green-list","gamma":"1/4","delta":2,"contextWidth":2},"tokenizer":"ids","secret":"{{Secret}}"}"""),
        };
        foreach (SchemeDescriptor descriptor in SchemeCatalog.All)
        {
            using KeyFile key = KeyFile.Create(descriptor.Template, descriptor.Template.DrawSecret(new SeededRandomBits(1)), "ids", 1000, TimeProvider.System);
            using var stream = new MemoryStream();
            key.Write(stream);
            seeds.Add(stream.ToArray());
        }

        return seeds;
    }
}
