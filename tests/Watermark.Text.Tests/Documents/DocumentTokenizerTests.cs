using Watermark.Text.Documents;
using Watermark.Text.Tokenizers;

namespace Watermark.Text.Tests.Documents;

public sealed class DocumentTokenizerTests
{
    private static readonly TextTokenizer Tokenizer = TextTokenizer.Load("cl100k_base");

    [Fact]
    public void Reply_and_prompts_are_tokenized_each_on_their_own()
    {
        var document = new InputDocument { Id = "a", Text = " world", PromptTexts = ["Hello", "Hello world"], File = "f", Line = 1 };
        TokenizedDocument tokenized = DocumentTokenizer.Tokenize(document, Tokenizer);
        Assert.Equal("a", tokenized.Id);
        // 9906 is "Hello", 1917 is " world" in cl100k_base.
        Assert.Equal([1917], tokenized.Tokens);
        Assert.Equal([[9906], [9906, 1917]], tokenized.Prompts);
    }

    [Fact]
    public void Ids_pass_the_tokenizer_by()
    {
        int[] tokens = [5, 100_257, int.MaxValue];
        var document = new InputDocument { Id = "a", Tokens = tokens, PromptTokens = [[1, 2]], File = "f", Line = 1 };
        TokenizedDocument tokenized = DocumentTokenizer.Tokenize(document, TextTokenizer.Load("ids"));
        Assert.Same(tokens, tokenized.Tokens);
        Assert.Equal([[1, 2]], tokenized.Prompts);
    }

    [Fact]
    public void Text_needs_a_tokenizer_that_takes_it()
    {
        TextTokenizer ids = TextTokenizer.Load("ids");
        Assert.Throws<InputFormatException>(() => DocumentTokenizer.Tokenize(new InputDocument { Id = "a", Text = "x", File = "f", Line = 1 }, ids));
        Assert.Throws<InputFormatException>(() => DocumentTokenizer.Tokenize(new InputDocument { Id = "a", Tokens = [1], PromptTexts = ["x"], File = "f", Line = 1 }, ids));
        Assert.Throws<ArgumentException>(() => DocumentTokenizer.Tokenize(new InputDocument { Id = "a", File = "f", Line = 1 }, Tokenizer));
    }
}
