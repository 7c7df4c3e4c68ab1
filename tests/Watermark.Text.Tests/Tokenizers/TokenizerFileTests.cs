using Watermark.Text.Tokenizers;

namespace Watermark.Text.Tests.Tokenizers;

public sealed class TokenizerFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("\0\0\0\0")]
    public void A_file_of_another_kind_is_refused(string content)
    {
        string path = folder.Write("tokenizer.model", content);
        InputFormatException exception = Assert.Throws<InputFormatException>(() => TextTokenizer.Load(path));
        Assert.StartsWith($"{path} is neither a tokenizer.json nor a SentencePiece model nor a tiktoken file", exception.Message, StringComparison.Ordinal);
    }
}
