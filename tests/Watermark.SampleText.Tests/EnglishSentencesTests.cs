using System.Text;

namespace Watermark.SampleText.Tests;

public sealed class EnglishSentencesTests
{
    [Fact]
    public void References_become_the_last_name_they_point_at()
    {
        const string Xml = """
            <doc><members><member name="M:A">
              <summary>Copies <see cref="T:System.Collections.Generic.List`1" /> with <see cref="M:System.String.Split(System.Char[],System.Int32)" />
                to <paramref name="target" /> unless it is <see langword="null" /> or <see cref="F:System.Int32.MaxValue">the largest number</see>.</summary>
              <param name="x">Made by <see cref="M:System.Text.StringBuilder.#ctor(System.Int32)" /> in <c>one</c> call.</param>
            </member></members></doc>
            """;

        Assert.Equal(
            [
                "Copies List with Split to target unless it is null or the largest number.",
                "Made by StringBuilder in one call.",
            ],
            SentencesOf(Xml));
    }

    [Fact]
    public void Paragraphs_and_list_items_are_kept_apart_and_code_is_left_out()
    {
        const string Xml = """
            <doc><members><member name="T:A">
              <remarks><para>The first of these paragraphs stands alone.</para><para>The second one has no full stop</para>
                <code>This is code and not a sentence of English.</code>
                <list type="bullet"><item><description>An item is a sentence too.</description></item></list></remarks>
              <exception cref="T:B">The exception is not read by us.</exception>
              <summary /><returns>Zero or one or more.</returns>
            </member></members></doc>
            """;

        Assert.Equal(
            ["The first of these paragraphs stands alone.", "An item is a sentence too.", "Zero or one or more."],
            SentencesOf(Xml));
    }

    [Fact]
    public void Malformed_xml_is_reported_with_file_and_line()
    {
        using TemporaryFolder folder = new TemporaryFolder().Write("broken.xml", "<doc>\n<members>\n</doc>");

        InputFormatException error = Assert.Throws<InputFormatException>(() => EnglishSentences.FromDocumentation(folder.Path));

        Assert.Contains("broken.xml", error.Message, StringComparison.Ordinal);
        Assert.Contains("line 3", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("It ends here. It goes on there and on. No.", "It goes on there and on.")]
    [InlineData("Use a tool, e.g. The Great Hammer, on every one of the nails. What is this thing for? Nobody knows it any more.", "Use a tool, e.g. The Great Hammer, on every one of the nails.|Nobody knows it any more.")]
    [InlineData("lower case does not begin a sentence.", "")]
    [InlineData("The value of System.String is never this.", "The value of System.String is never this.")]
    [InlineData("The result is {0} in this case.", "")]
    [InlineData("The call returns 0x00ff11223344 1234 5678 9012 here.", "")]
    public void Sentences_are_split_and_fragments_dropped(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', SentenceSplitter.Split(text)));

    [Fact]
    public void Text_files_are_read_in_ordinal_order_and_each_sentence_once()
    {
        using TemporaryFolder folder = new TemporaryFolder()
            .Write("b.txt", "The file b is\nread after a. The cat sat on the mat.\n\nA new paragraph does not end")
            .Write("a.txt", "The cat sat on the mat.\r\n")
            .Write("B.txt", "The capital letters come first here.")
            .Write("sub/a.txt", "The file in the folder is last.")
            .Write("a.md", "The file is not a text file.");

        EnglishSentences sentences = EnglishSentences.Load(folder.Path);

        Assert.Equal(
            ["The capital letters come first here.", "The cat sat on the mat.", "The file b is read after a.", "The file in the folder is last."],
            sentences.Sentences);
        Assert.Equal(folder.Path, sentences.Source);
    }

    [Fact]
    public void A_folder_without_sentences_is_bad_input()
    {
        using TemporaryFolder folder = new TemporaryFolder().Write("a.txt", "Too short.");

        Assert.Throws<InputFormatException>(() => EnglishSentences.Load(folder.Path));
        Assert.Throws<DirectoryNotFoundException>(() => EnglishSentences.Load(Path.Combine(folder.Path, "none")));
    }

    [Fact]
    public void The_newest_reference_pack_of_all_installations_is_found()
    {
        using TemporaryFolder folder = new TemporaryFolder()
            .Write("one/packs/Microsoft.NETCore.App.Ref/10.0.9/ref/net10.0/a.xml", "<doc/>")
            .Write("one/packs/Microsoft.NETCore.App.Ref/10.0.10-rc.1/ref/net10.0/a.xml", "<doc/>")
            .Write("two/packs/Microsoft.NETCore.App.Ref/10.0.10/ref/net10.0/a.xml", "<doc/>")
            .Write("two/packs/Microsoft.NETCore.App.Ref/10.0.11/ref/net10.0/a.dll", "")
            .Write("two/packs/Microsoft.NETCore.App.Ref/11.0.0/ref/net11.0/a.xml", "<doc/>");
        string[] roots = [Path.Combine(folder.Path, "none"), Path.Combine(folder.Path, "one"), Path.Combine(folder.Path, "two")];

        Assert.Equal(
            Path.Combine(folder.Path, "two", "packs/Microsoft.NETCore.App.Ref", "10.0.10", "ref/net10.0"),
            ReferenceDocumentation.Find(roots));
        Assert.EndsWith("10.0.10-rc.1/ref/net10.0", ReferenceDocumentation.Find(roots[..2]).Replace('\\', '/'), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_documentation_the_message_says_what_to_do()
    {
        using var folder = new TemporaryFolder();

        InputFormatException error = Assert.Throws<InputFormatException>(() => ReferenceDocumentation.Find([folder.Path]));

        Assert.Contains("--text DIR", error.Message, StringComparison.Ordinal);
        Assert.Contains("Microsoft.NETCore.App.Ref", error.Message, StringComparison.Ordinal);
    }

    private static string[] SentencesOf(string xml) =>
        [.. DocumentationReader.ReadParagraphs(new MemoryStream(Encoding.UTF8.GetBytes(xml)), "test.xml").SelectMany(SentenceSplitter.Split)];
}
