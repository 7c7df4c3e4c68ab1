using System.Text;
using System.Text.Json;
using Watermark.TestKit.Fuzzing;

namespace Watermark.Tests.Fuzzing;

/// <summary>The harness itself: it finds what a reader does wrong, and says how to repeat it.</summary>
public sealed class FuzzRunTests : IDisposable
{
    private static readonly byte[] Valid = Encoding.UTF8.GetBytes("{\"name\": \"a\", \"count\": 12, \"items\": [1, 2, {\"deep\": null}]}");

    private readonly string failures = Directory.CreateTempSubdirectory("watermark-fuzz-").FullName;

    public void Dispose() => Directory.Delete(failures, recursive: true);

    [Fact]
    public void Damage_is_refused_or_read_and_counted()
    {
        FuzzReport report = FuzzRun.Run("json", [Valid], Parse, Options() with { Allowed = [typeof(JsonException)] });

        if (Environment.GetEnvironmentVariable(FuzzRun.SecondsVariable) is null)
            Assert.Equal(500, report.Inputs);
        Assert.Equal(report.Inputs, report.Read + report.Refused);
        Assert.True(report.Read > report.Inputs / 50 && report.Refused > report.Inputs / 4, $"{report.Read} read, {report.Refused} refused.");
        Assert.Empty(Directory.GetFiles(failures));
    }

    [Fact]
    public void An_exception_that_is_not_allowed_fails_with_an_input_that_repeats_it()
    {
        var error = Assert.Throws<FuzzFailureException>(() => FuzzRun.Run("json", [Valid], bytes => CountOf(bytes), Options() with { Allowed = [typeof(JsonException)] }));

        string path = Assert.Single(Directory.GetFiles(failures));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        byte[] saved = File.ReadAllBytes(path);
        ulong number = ulong.Parse(Path.GetFileNameWithoutExtension(path).Split('-')[^1], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(saved, FuzzRun.Input([Valid], number, Options()));
        Exception? again = Record.Exception(() => CountOf(saved));
        Assert.Equal(error.InnerException!.GetType(), again!.GetType());
    }

    [Fact]
    public void A_message_of_several_lines_fails()
    {
        Assert.Throws<FuzzFailureException>(() => FuzzRun.Run("lines", [Valid], bytes =>
        {
            if (!bytes.AsSpan().SequenceEqual(Valid))
                throw new FormatException("One line.\nAnother.");
        }, Options() with { Allowed = [typeof(FormatException)] }));
    }

    [Fact]
    public void A_reader_that_does_not_end_fails()
    {
        using var ended = new ManualResetEventSlim();
        try
        {
            FuzzOptions options = Options() with { Patience = TimeSpan.FromMilliseconds(50) };
            var error = Assert.Throws<FuzzFailureException>(() => FuzzRun.Run("loop", [Valid], bytes =>
            {
                if (!bytes.AsSpan().SequenceEqual(Valid))
                    ended.Wait();
            }, options));
            Assert.Contains("did not end", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            ended.Set();
        }
    }

    [Fact]
    public void Half_of_the_inputs_are_mended()
    {
        FuzzOptions options = Options() with { Mend = _ => [7] };

        int mended = Enumerable.Range(0, 1000).Count(number => FuzzRun.Input([Valid], (ulong)number, options) is [7]);

        Assert.InRange(mended, 430, 570);
    }

    private static void Parse(byte[] bytes)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
        }
        catch (JsonException exception)
        {
            // The parser's own message quotes the text, which may have several lines.
            throw new JsonException($"No JSON at byte {exception.BytePositionInLine}.", exception);
        }
    }

    /// <summary>A reader that forgets what else than a number may stand there.</summary>
    private static int CountOf(byte[] bytes)
    {
        Parse(bytes);
        using JsonDocument document = JsonDocument.Parse(bytes);
        return document.RootElement.GetProperty("count").GetInt32();
    }

    private FuzzOptions Options() => new() { Inputs = 500, FailureFolder = failures };
}
