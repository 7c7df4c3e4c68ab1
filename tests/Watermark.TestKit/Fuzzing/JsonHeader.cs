using System.Text.Json;

namespace Watermark.TestKit.Fuzzing;

/// <summary>Helps <see cref="FuzzOptions.Mend"/> with formats that hold JSON and its length.</summary>
public static class JsonHeader
{
    /// <summary>The number of bytes of the JSON value with which some bytes begin; null where they begin with none.</summary>
    /// <param name="bytes">JSON, followed by anything.</param>
    public static int? Length(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes, isFinalBlock: false, default);
            return reader.Read() && reader.TrySkip() ? (int)reader.BytesConsumed : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
