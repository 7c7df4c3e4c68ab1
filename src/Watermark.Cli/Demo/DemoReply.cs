using System.Text.Json;

namespace Watermark.Cli.Demo;

/// <summary>One reply of a model, as a collector of replies records it.</summary>
/// <param name="Id">The reply's name, unique within a collection.</param>
/// <param name="Prompt">The prompt.</param>
/// <param name="Text">The reply without its prompt; it begins with the space that follows the prompt, if any.</param>
internal sealed record DemoReply(string Id, string Prompt, string Text)
{
    /// <summary>Writes replies as JSON Lines.</summary>
    /// <param name="replies">The replies.</param>
    /// <param name="stream">Receives the lines.</param>
    public static void Write(IEnumerable<DemoReply> replies, Stream stream)
    {
        foreach (DemoReply reply in replies)
        {
            using (var writer = new Utf8JsonWriter(stream))
            {
                writer.WriteStartObject();
                writer.WriteString("id", reply.Id);
                writer.WriteString("prompt", reply.Prompt);
                writer.WriteString("text", reply.Text);
                writer.WriteEndObject();
            }

            stream.WriteByte((byte)'\n');
        }
    }
}
