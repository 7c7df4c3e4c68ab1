using System.Globalization;
using System.Text;
using System.Text.Json;
using Watermark.Forensics.Json;
using Watermark.Scoring;
using Watermark.Statistics;

namespace Watermark.Forensics.Tests.Json;

public sealed class DetectionJsonTests
{
    [Fact]
    public void A_count_is_written_with_its_exact_gamma()
    {
        DetectionResult result = DetectionResult.From(1002, new KeyTotal(1000, 300), new BinomialNull(Fraction.Quarter));

        string json = Write(writer => DetectionJson.WriteMembers(writer, result));

        Assert.StartsWith("""{"tokens":1002,"scored":1000,"green":300,"gamma":"1/4","greenFraction":0.3,"greenFractionInterval":[0.27172""", json, StringComparison.Ordinal);
        Assert.Contains("\"logP\":-8.549766374", json, StringComparison.Ordinal);
        Assert.EndsWith(string.Create(CultureInfo.InvariantCulture, $",\"logE\":{result.LogE}}}"), json, StringComparison.Ordinal);
    }

    [Fact]
    public void Positions_are_points_and_null_where_none_was_scored()
    {
        Assert.Equal("""{"positions":[null,1,0]}""", Write(writer => DetectionJson.WritePositions(writer, [null, 1, 0], new BinomialNull(Fraction.Half))));
        Assert.Equal("""{"positions":[0.5,null]}""", Write(writer => DetectionJson.WritePositions(writer, [1L << 31, null], new GammaNull())));
    }

    private static string Write(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
