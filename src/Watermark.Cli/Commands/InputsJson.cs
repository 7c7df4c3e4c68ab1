using System.Text.Json;
using Watermark.NGrams;

namespace Watermark.Cli.Commands;

/// <summary>The inputs of a command in its JSON, each by its digest.</summary>
internal static class InputsJson
{
    /// <summary>Writes the member <c>inputs</c>.</summary>
    /// <param name="writer">A writer inside an object.</param>
    /// <param name="inputs">The inputs.</param>
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<SampleInput> inputs)
    {
        writer.WriteStartArray("inputs");
        foreach (SampleInput input in inputs)
        {
            writer.WriteStartObject();
            writer.WriteString("name", input.Name);
            writer.WriteString("sha256", input.Sha256);
            writer.WriteNumber("documents", input.Documents);
            writer.WriteNumber("unread", input.Unread);
            if (input.Role != SampleInput.Replies)
                writer.WriteString("role", input.Role);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
