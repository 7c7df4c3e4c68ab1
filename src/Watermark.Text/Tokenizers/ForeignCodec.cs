namespace Watermark.Text.Tokenizers;

/// <summary>A tokenizer of another library.</summary>
/// <param name="size">One more than the greatest ordinary id.</param>
/// <param name="encode">Text to ids, from any thread.</param>
/// <param name="decode">Ids to text, from any thread.</param>
internal sealed class ForeignCodec(int size, Func<string, int[]> encode, Func<int[], string> decode) : TokenCodec
{
    public override int VocabularySize => size;

    public override void Encode(ReadOnlySpan<char> text, IntBuffer ids) => ids.Append(encode(text.ToString()));

    public override string Decode(ReadOnlySpan<int> ids) => decode(ids.ToArray());
}
