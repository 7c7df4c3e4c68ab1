using System.Text;
using System.Text.Json;
using Watermark.Catalog;
using Watermark.Keys;
using Watermark.Schemes.Native;
using Watermark.Statistics;

namespace Watermark.Tests.Catalog;

public sealed class KeyFileTests : IDisposable
{
    private const string Example = """
        { "format": "watermark-key/2", "id": "e8bab68f133f6c402f8257e3655a6811",
          "scheme": { "name": "green-list", "gamma": "1/4", "delta": 2.0, "contextWidth": 2 },
          "tokenizer": "o200k_base", "vocabularySize": 199998, "created": "2026-11-23T17:00:00Z",
          "secret": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=" }
        """;

    private const string SecretText = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    private readonly string folder = Directory.CreateTempSubdirectory("watermark-keys-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_documented_example_is_read()
    {
        using KeyFile key = Read(Example);
        Assert.Equal("e8bab68f133f6c402f8257e3655a6811", key.Id);
        var scheme = Assert.IsType<GreenListScheme>(key.Scheme);
        Assert.Equal(Fraction.Quarter, scheme.Gamma);
        Assert.Equal(2, scheme.ContextWidth);
        Assert.Equal("o200k_base", key.Tokenizer);
        Assert.Equal(199_998, key.VocabularySize);
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 17, 0, 0, TimeSpan.Zero), key.Created);
    }

    [Theory]
    [InlineData("")]
    [InlineData("correct horse battery staple")]
    public void What_is_saved_is_loaded(string passphrase)
    {
        string path = Path.Combine(folder, "owner.wmkey");
        using (KeyFile key = Read(Example))
            key.Save(path, passphrase);
        Assert.Equal(passphrase.Length == 0, File.ReadAllText(path).Contains(SecretText, StringComparison.Ordinal));

        using KeyFile loaded = KeyFile.Load(path, _ => passphrase.ToCharArray());
        using KeyFile original = Read(Example);
        Assert.True(((WatermarkKey)original.Secret).SecretEquals((WatermarkKey)loaded.Secret));
        Assert.Equal(original.Scheme, loaded.Scheme);
        Assert.Equal(original.Created, loaded.Created);
        Assert.Equal(original.Tokenizer, loaded.Tokenizer);
        Assert.Single(Directory.GetFiles(folder));
    }

    [Fact]
    public void A_key_file_is_readable_by_its_owner_alone()
    {
        if (OperatingSystem.IsWindows())
            return;
        string path = Path.Combine(folder, "owner.wmkey");
        using (KeyFile key = Read(Example))
            key.Save(path);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public void A_key_file_is_never_overwritten()
    {
        string path = Path.Combine(folder, "owner.wmkey");
        File.WriteAllText(path, "precious");
        using KeyFile key = Read(Example);
        IOException exception = Assert.Throws<IOException>(() => key.Save(path));
        Assert.Contains("exists already", exception.Message, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(path));
    }

    [Fact]
    public void A_wrong_passphrase_is_refused_in_one_sentence()
    {
        string path = Path.Combine(folder, "owner.wmkey");
        using (KeyFile key = Read(Example))
            key.Save(path, "right");
        InputFormatException exception = Assert.Throws<InputFormatException>(() => KeyFile.Load(path, _ => "wrong".ToCharArray()));
        Assert.Equal($"{path}: The passphrase is wrong, or the key file was changed after it was protected.", exception.Message);
        exception = Assert.Throws<InputFormatException>(() => KeyFile.Load(path));
        Assert.Equal($"{path}: The key is protected with a passphrase, and none was given.", exception.Message);
    }

    [Fact]
    public void Public_members_of_a_protected_key_cannot_be_changed()
    {
        string path = Path.Combine(folder, "owner.wmkey");
        using (KeyFile key = Read(Example))
            key.Save(path, "right");
        string altered = File.ReadAllText(path).Replace("\"contextWidth\": 2", "\"contextWidth\": 1", StringComparison.Ordinal);
        InputFormatException exception = Assert.Throws<InputFormatException>(() => Read(altered, _ => "right".ToCharArray()));
        Assert.StartsWith("The passphrase is wrong", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_passphrase_array_is_erased_after_use()
    {
        string path = Path.Combine(folder, "owner.wmkey");
        using (KeyFile key = Read(Example))
            key.Save(path, "right");
        char[] passphrase = "right".ToCharArray();
        using KeyFile loaded = KeyFile.Load(path, _ => passphrase);
        Assert.All(passphrase, character => Assert.Equal('\0', character));
    }

    [Theory]
    [InlineData("""{"format":"watermark-key/1","scheme":{"name":"green-list"},"tokenizer":"\ud800","secret":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}""")]
    [InlineData("""{"format":"watermark-key/1","scheme":{"name":"\udc00"},"tokenizer":"ids","secret":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}""")]
    [InlineData("""{"format":"watermark-key/1","scheme":{"name":"green-list"},"\ud800":1,"secret":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}""")]
    public void Half_a_surrogate_pair_is_refused_in_words(string json)
    {
        InputFormatException exception = Assert.Throws<InputFormatException>(() => KeyFile.Read(System.Text.Encoding.UTF8.GetBytes(json)));

        Assert.DoesNotContain("AAECAw", exception.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("watermark-key/2", "watermark-key/9", "The format 'watermark-key/9' is not supported; this version reads 'watermark-key/2' and 'watermark-key/1'.")]
    [InlineData("e8bab68f133f6c402f8257e3655a6811", "00000000000000000000000000000000", "The key file's id does not fit its scheme and secret: the file was changed.")]
    [InlineData("\"1/4\"", "\"1/2\"", "The key file's id does not fit its scheme and secret: the file was changed.")]
    [InlineData("\"delta\": 2.0", "\"delta\": 2.5", "The key file's id does not fit its scheme and secret: the file was changed.")]
    [InlineData("\"contextWidth\": 2", "\"contextWidth\": 1", "The key file's id does not fit its scheme and secret: the file was changed.")]
    [InlineData("Hh8=", "Hh4=", "The key file's id does not fit its scheme and secret: the file was changed.")]
    [InlineData("\"id\": \"e8bab68f133f6c402f8257e3655a6811\",", "", "The field 'id' is missing.")]
    [InlineData("\"tokenizer\"", "\"idSalt\": \"AAECAwQFBgcICQoLDA0ODw==\", \"tokenizer\"", "The field 'idSalt' is for secrets of integers; the scheme 'green-list' has none.")]
    [InlineData("\"tokenizer\"", "\"idSalt\": \"AAEC\", \"tokenizer\"", "The field 'idSalt' must be the base64 text of 16 bytes.")]
    [InlineData("\"e8bab68f133f6c402f8257e3655a6811\"", "\"42\"", "The field 'id' must be 32 lower-case hexadecimal digits.")]
    [InlineData("\"tokenizer\"", "\"tokeniser\"", "The field 'tokeniser' is unknown; a key file has format, id, idSalt, scheme, tokenizer, tokenizerHash, vocabularySize, created, purpose, secret, protectedSecret.")]
    [InlineData("\"delta\"", "\"Delta\"", "The field 'scheme.Delta' is unknown for the scheme 'green-list'; known are gamma, delta, contextWidth.")]
    [InlineData("\"1/4\"", "\"5/4\"", "The field 'scheme.gamma' must be a fraction between 0 and 1, such as \"1/4\".")]
    [InlineData("\"green-list\"", "\"red-list\"", null)]
    [InlineData("199998", "-1", "The field 'vocabularySize' must be an integer, 0 or more.")]
    [InlineData("2026-11-23T17:00:00Z", "yesterday", "The field 'created' must be a UTC time such as \"2026-11-23T17:00:00Z\".")]
    [InlineData("\"secret\"", "\"format\"", "The key file has a field that stands twice in one object (line 4, byte 3).")]
    [InlineData("\"contextWidth\": 2", "\"contextWidth\": 9", "The field 'scheme.contextWidth' must be an integer from 0 to 8.")]
    public void A_fault_is_one_clear_sentence(string old, string replacement, string? message)
    {
        InputFormatException exception = Assert.Throws<InputFormatException>(() => Read(Example.Replace(old, replacement, StringComparison.Ordinal)));
        if (message is null)
            Assert.StartsWith("The scheme 'red-list' is not known; known are green-list, gumbel", exception.Message, StringComparison.Ordinal);
        else
            Assert.Equal(message, exception.Message);
        Assert.DoesNotContain(SecretText[..8], exception.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==")]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gIA==")]
    [InlineData("not base64 at all")]
    public void A_secret_of_another_length_is_refused_and_not_shown(string secret)
    {
        InputFormatException exception = Assert.Throws<InputFormatException>(() => Read(Example.Replace(SecretText, secret, StringComparison.Ordinal)));
        Assert.DoesNotContain(secret[..6], exception.ToString(), StringComparison.Ordinal);
        Assert.Contains("32 bytes", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        string compact = Example.TrimEnd();
        for (int length = 0; length < compact.Length; length++)
            Assert.Throws<InputFormatException>(() => Read(compact[..length]));
    }

    [Fact]
    public void The_printed_form_hides_the_secret()
    {
        using KeyFile key = Read(Example);
        Assert.Equal("green-list key e8bab68f133f6c402f8257e3655a6811", key.ToString());
        Assert.DoesNotContain(SecretText[..8], JsonSerializer.Serialize(new { text = key.ToString() }), StringComparison.Ordinal);
    }

    private static KeyFile Read(string json, Func<string, char[]>? passphrase = null) => KeyFile.Read(Encoding.UTF8.GetBytes(json), passphrase);
}
