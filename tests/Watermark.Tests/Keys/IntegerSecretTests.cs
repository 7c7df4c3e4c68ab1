using System.Text;
using System.Text.Json;
using Watermark.Keys;
using Watermark.Randomness;

namespace Watermark.Tests.Keys;

public sealed class IntegerSecretTests
{
    private static readonly SecretShape Shape = new(
    [
        new SecretField("seed", -5, ulong.MaxValue) { Published = [[7]] },
        new SecretField("layers", 0, 9) { IsList = true, DrawnLength = 4, Published = [[1, 2, 3]] },
        new SecretField("salt", 0, 100) { Default = 35 },
        new SecretField("text", 0, 100) { AsText = true },
    ]);

    [Fact]
    public void Values_are_read_by_name()
    {
        using IntegerSecret secret = Read("""{"seed":-5,"layers":[1,2],"text":"4"}""");
        Assert.Equal(-5, (long)secret.Value("seed"));
        Assert.Equal([1, 2], secret.Values("layers").Select(value => (long)value));
        Assert.Equal(35, (long)secret.Value("salt"));
        Assert.Equal(4, (long)secret.Value("text"));
        Assert.Throws<ArgumentException>(() => secret.Value("key"));
    }

    [Theory]
    [InlineData("""{"seed":-5,"layers":[1,2],"salt":35,"text":"4"}""")]
    [InlineData("""{"seed":9007199254740991,"layers":[0],"salt":1,"text":"0"}""")]
    [InlineData("""{"seed":"9007199254740992","layers":[9,9,9],"salt":0,"text":"100"}""")]
    [InlineData("""{"seed":"18446744073709551615","layers":[0],"salt":100,"text":"1"}""")]
    public void What_is_written_is_read_and_large_integers_are_text(string json)
    {
        using IntegerSecret secret = Read(json);
        Assert.Equal(json, Written(secret));
    }

    [Fact]
    public void Large_integers_are_read_as_numbers_too()
    {
        using IntegerSecret secret = Read("""{"seed":18446744073709551615,"layers":[0],"text":5}""");
        Assert.Equal(ulong.MaxValue, (ulong)secret.Value("seed"));
    }

    [Theory]
    [InlineData("""[1]""", "object")]
    [InlineData("""{"layers":[1],"text":1}""", "seed")]
    [InlineData("""{"seed":1,"layers":[1],"text":1,"sed":2}""", "sed")]
    [InlineData("""{"seed":-6,"layers":[1],"text":1}""", "seed")]
    [InlineData("""{"seed":18446744073709551616,"layers":[1],"text":1}""", "seed")]
    [InlineData("""{"seed":1.5,"layers":[1],"text":1}""", "seed")]
    [InlineData("""{"seed":"0x10","layers":[1],"text":1}""", "seed")]
    [InlineData("""{"seed":true,"layers":[1],"text":1}""", "seed")]
    [InlineData("""{"seed":1,"layers":[],"text":1}""", "layers")]
    [InlineData("""{"seed":1,"layers":3,"text":1}""", "layers")]
    [InlineData("""{"seed":1,"layers":[1,10],"text":1}""", "layers")]
    public void What_is_wrong_is_refused_by_name(string json, string named)
    {
        InputFormatException exception = Assert.Throws<InputFormatException>(() => Read(json));
        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_message_shows_a_value()
    {
        InputFormatException exception = Assert.Throws<InputFormatException>(() => Read("""{"seed":-424242,"layers":[1],"text":1}"""));
        Assert.DoesNotContain("424242", exception.Message, StringComparison.Ordinal);
        ArgumentException argument = Assert.Throws<ArgumentException>(() => IntegerSecret.Create(Shape, [-424242], [1], [1], [1]));
        Assert.DoesNotContain("424242", argument.Message, StringComparison.Ordinal);
        using IntegerSecret secret = Read("""{"seed":424242,"layers":[1],"text":1}""");
        Assert.DoesNotContain("424242", secret.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_of_values_is_checked()
    {
        Assert.Throws<ArgumentException>(() => IntegerSecret.Create(Shape, [1], [1], [1]));
        Assert.Throws<ArgumentException>(() => IntegerSecret.Create(Shape, [1, 2], [1], [1], [1]));
        Assert.Throws<ArgumentException>(() => IntegerSecret.Create(Shape, [1], [.. Enumerable.Repeat((Int128)1, 257)], [1], [1]));
        Int128[] seed = [1];
        using IntegerSecret secret = IntegerSecret.Create(Shape, seed, [1], [1], [1]);
        seed[0] = 2;
        Assert.Equal(1, (long)secret.Value("seed"));
    }

    [Fact]
    public void Draws_cover_the_range_keep_defaults_and_have_the_stated_length()
    {
        var random = new SeededRandomBits(2);
        var small = new SecretShape([new SecretField("a", -1, 1)]);
        var seen = new HashSet<long>();
        for (int i = 0; i < 100; i++)
        {
            using IntegerSecret draw = IntegerSecret.Draw(small, random);
            seen.Add((long)draw.Value("a"));
        }

        // One of three values is missed with probability 3·(2/3)^100 < 1e-17.
        Assert.Equal([-1, 0, 1], seen.Order());
        using IntegerSecret secret = IntegerSecret.Draw(Shape, random);
        Assert.Equal(35, (long)secret.Value("salt"));
        Assert.Equal(4, secret.Values("layers").Length);

        var whole = new SecretShape([new SecretField("a", 0, ulong.MaxValue), new SecretField("b", long.MinValue, long.MaxValue)]);
        ulong bits = 0;
        long negative = 0;
        for (int i = 0; i < 100; i++)
        {
            using IntegerSecret draw = IntegerSecret.Draw(whole, random);
            bits |= (ulong)draw.Value("a");
            negative += draw.Value("b") < 0 ? 1 : 0;
        }

        // Each bit is missed with probability 2^-100; the count of negatives leaves 20 … 80 with probability 1e-9.
        Assert.Equal(ulong.MaxValue, bits);
        Assert.InRange(negative, 20, 80);
    }

    [Fact]
    public void Published_values_are_weak_a_list_only_as_a_whole()
    {
        Assert.NotNull(Weakness("""{"seed":7,"layers":[5],"text":1}"""));
        Assert.NotNull(Weakness("""{"seed":1,"layers":[1,2,3],"text":1}"""));
        Assert.Null(Weakness("""{"seed":1,"layers":[1,2],"text":7}"""));

        static string? Weakness(string json)
        {
            using IntegerSecret secret = Read(json);
            return secret.Weakness;
        }
    }

    [Fact]
    public void A_clone_lives_on_and_a_disposed_secret_is_refused()
    {
        IntegerSecret secret = Read("""{"seed":5,"layers":[1],"text":1}""");
        using WatermarkSecret clone = secret.Clone();
        secret.Dispose();
        Assert.Equal(5, (long)((IntegerSecret)clone).Value("seed"));
        Assert.Throws<ObjectDisposedException>(() => secret.Value("seed"));
        Assert.Throws<ObjectDisposedException>(() => secret.Clone());
    }

    private static IntegerSecret Read(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return IntegerSecret.Read(Shape, document.RootElement);
    }

    private static string Written(IntegerSecret secret)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            secret.WriteTo(writer);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
