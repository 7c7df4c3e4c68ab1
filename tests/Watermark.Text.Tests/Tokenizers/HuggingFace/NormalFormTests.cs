using System.Text.Json;
using Watermark.Text.Tokenizers.HuggingFace.Unicode;

namespace Watermark.Text.Tests.Tokenizers.HuggingFace;

public sealed class NormalFormTests
{
    [Fact]
    public void All_four_forms_are_those_of_the_reference()
    {
        string[] lines = File.ReadAllLines(Expected.PathOf("HuggingFace", "normal-forms.jsonl"));
        Assert.Equal(1500, lines.Length);
        foreach (string[] row in lines.Select(line => JsonSerializer.Deserialize<string[]>(line)!))
        {
            Assert.Equal(row[1], NormalForm.C.Apply(row[0]));
            Assert.Equal(row[2], NormalForm.D.Apply(row[0]));
            Assert.Equal(row[3], NormalForm.KC.Apply(row[0]));
            Assert.Equal(row[4], NormalForm.KD.Apply(row[0]));
        }
    }

    [Fact]
    public void Text_that_is_in_a_form_stays_the_same_object()
    {
        const string Text = "plain text, 中文, 한국어, café";
        Assert.Same(Text, NormalForm.C.Apply(Text));
        Assert.Equal("cafe\u0301", NormalForm.D.Apply("café"));
    }

    [Fact]
    public void A_long_row_of_marks_is_ordered_in_time()
    {
        string marks = string.Concat(Enumerable.Repeat("\u0301\u0323", 200_000));
        string ordered = NormalForm.D.Apply("q" + marks);
        Assert.Equal("q" + new string('\u0323', 200_000) + new string('\u0301', 200_000), ordered);
    }
}
