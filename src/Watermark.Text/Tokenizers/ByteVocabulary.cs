using System.Buffers;
using System.Text;

namespace Watermark.Text.Tokenizers;

/// <summary>The bytes of every token, and so the text of a sequence.</summary>
/// <param name="tokens">The bytes of token <c>id</c> at index <c>id</c>; null where there is none.</param>
internal sealed class ByteVocabulary(byte[]?[] tokens)
{
    /// <summary>The number of ids.</summary>
    public int Size => tokens.Length;

    /// <summary>Joins the bytes of tokens and reads them as UTF-8; incomplete sequences become U+FFFD, ids without bytes nothing.</summary>
    /// <param name="ids">Token ids.</param>
    public string Decode(ReadOnlySpan<int> ids)
    {
        var bytes = new ArrayBufferWriter<byte>(4 * ids.Length + 1);
        foreach (int id in ids)
        {
            if ((uint)id < (uint)tokens.Length && tokens[id] is { } token)
                bytes.Write(token);
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
