using FsCheck.Xunit;
using Watermark.Text.Tokenizers;
using Watermark.Text.Tokenizers.SentencePiece;

namespace Watermark.Text.Tests.Tokenizers.SentencePiece;

/// <summary>What is no sound model is refused in one sentence that names the file and the place.</summary>
public sealed class DamagedModelTests
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "TestData", "SentencePiece");

    [Theory]
    [InlineData("12801108", ": piece 3: a piece of the type 'byte', but byte_fallback is off.")]
    [InlineData("42e3bfbc", ": trainer_spec, byte 8347: field 48 has 5 bytes, but 2 are left.")]
    [InlineData("50298da9", ": the model, byte 5471: field 2 should hold bytes.")]
    [InlineData("73835ff0", ": piece 238, byte 4050: field 1 is not UTF-8.")]
    public void Damaged_files_are_refused(string name, string message)
    {
        string path = Path.Combine(Folder, "damaged", name + ".model");
        Assert.Equal(path + message, Assert.Throws<InputFormatException>(() => TextTokenizer.Load(path)).Message);
    }

    [Fact]
    public void A_vocabulary_that_the_reference_refuses_is_refused()
    {
        Refused(new ModelWriter().Piece("a", 0), "none of the 1 pieces has the type 'unknown'; a SentencePiece model has one.");
        Refused(Sound().Piece("<u>", 0, 2), "piece 2: a second unknown piece; the first is piece 0.");
        Refused(Sound().Piece("a", 1), "piece 2: 'a' is piece 1 too.");
        Refused(Sound().Piece("b", float.NaN), "piece 2: the score is NaN, expected a finite number.");
        Refused(Sound().Piece("b", float.NegativeInfinity), "piece 2: the score is -Infinity, expected a finite number.");
        Refused(Sound().Piece(string.Empty, 0), "piece 2: expected a text of 1 to 7999 bytes without a zero byte.");
        Refused(Sound().Piece("b\0", 0), "piece 2: expected a text of 1 to 7999 bytes without a zero byte.");
        Refused(Sound().Piece(new string('b', 8000), 0), "piece 2: expected a text of 1 to 7999 bytes without a zero byte.");
        Refused(Sound().Piece("b", 0, 7), "piece 2, byte 40: the type is 7, expected 1 to 6.");
        Refused(Sound().Piece("b", 0, 0), "piece 2, byte 40: the type is 0, expected 1 to 6.");
        Refused(Sound().Piece([0x61, 0xff], 0, 1), "piece 2, byte 34: field 1 is not UTF-8.");
        Refused(Sound().Piece("<0x0a>", 0, 6).Trainer((35, 1)), "piece 2: a piece of the type 'byte' is written as <0x00> to <0xFF>.");
        Refused(Sound().Piece("<0x00>", 0, 6).Trainer((35, 1)), "byte_fallback is on, but there is no piece for the byte 0x01.");
        var large = new ModelWriter();
        for (int i = 0; i <= 2100; i++)
            large.Piece(i.ToString("x7999", System.Globalization.CultureInfo.InvariantCulture), 0);
        Refused(large, "piece 2097: the pieces up to here have more than 16777216 bytes, which is not supported.");
        Refused(Sound().Trainer((35, 1)), "byte_fallback is on, but there is no piece for the byte 0x00.");
    }

    [Fact]
    public void Settings_that_are_not_known_are_refused_by_name()
    {
        Refused(Sound().Trainer((3, 5)), "trainer_spec, byte 32: model_type is 5, expected 1 (unigram), 2 (bpe), 3 (word) or 4 (char).");
        Refused(Sound().Normalizer((7, 1)), "normalizer_spec, byte 31: the setting 7 is not known and could change token ids.");
        Refused(Sound().Message(5, ModelWriter.Integer(9, 1)), "denormalizer_spec, byte 31: the setting 9 is not known and could change token ids.");
        Refused(Sound().Message(3, ModelWriter.Field(3, [1])), "normalizer_spec, byte 31: field 3 should hold an integer.");
        // A group, which protocol buffers no longer have, and a number without end.
        Refused(Sound().Message(3, [4 << 3 | 3]), "normalizer_spec, byte 31: expected the number and the type of a field.");
        Refused(Sound().Message(3, [4 << 3, 0x80]), "normalizer_spec, byte 32: an integer has no end.");
        // What only the trainer reads does not matter.
        Assert.Equal(2, SentencePieceFile.Read(Sound().Trainer((99, 1)).ToArray(), "m").Pieces.Count);
    }

    [Fact]
    public void Rules_that_contradict_themselves_are_refused()
    {
        const string Sizes = "the {0} bytes should be the size of a trie, the trie, and the replacements.";
        foreach (byte[] map in new byte[][] { [1], [0, 0, 0, 0, 0], [4, 0, 0, 0, 0, 0, 0, 0], [5, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7], [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0] })
            RefusedRules(map, Sizes.Replace("{0}", $"{map.Length}", StringComparison.Ordinal));
        RefusedRules([4, 0, 0, 0, 0, 0x08, 0, 0, 0], "the trie points outside itself.");
        // The file of the reference with the first replacement overwritten, and with the last zero byte gone.
        byte[] rules = RulesOf("unigram-rules-suffix");
        RefusedRules(rules[..^1], "a rule of the trie has no replacement in UTF-8 that a zero byte ends.");
        rules[^2] = 0xff;
        RefusedRules(rules, "a rule of the trie has no replacement in UTF-8 that a zero byte ends.");
    }

    [Property(MaxTest = 300)]
    public void Any_change_of_a_model_is_read_or_refused(int at, byte value, ushort cut)
    {
        foreach (byte[] seed in Seeds)
        {
            byte[] file = [.. seed];
            file[(int)((uint)at % (uint)file.Length)] = value;
            ReadOrRefuse(file[..(file.Length - (cut % 8 == 0 ? cut % file.Length : 0))]);
        }
    }

    [Property(MaxTest = 300)]
    public void Any_rules_are_read_or_refused(byte[] trie, byte[] replacements)
    {
        byte[] units = trie[..(trie.Length / 4 * 4)];
        ReadOrRefuse(Sound().Rules([(byte)units.Length, 0, 0, 0, .. units, .. replacements, 0]).ToArray());
    }

    private static readonly byte[][] Seeds =
    [
        .. new[] { "unigram-rules-suffix", "bpe-ties-unused", "word" }.Select(name => File.ReadAllBytes(Path.Combine(Folder, name + ".model"))),
    ];

    private static ModelWriter Sound() => new ModelWriter().Piece("<unk>", 0, 2).Piece("a", -1);

    private static byte[] RulesOf(string name)
    {
        var model = new ProtoReader(File.ReadAllBytes(Path.Combine(Folder, name + ".model")), name, "the model", 0);
        while (model.Next() && model.Field != 3)
            model.Skip();
        ProtoReader normalizer = model.Message("normalizer_spec");
        while (normalizer.Next() && normalizer.Field != 2)
            normalizer.Skip();
        return normalizer.Bytes().ToArray();
    }

    private static void Refused(ModelWriter model, string message) =>
        Assert.Equal("m: " + message, Assert.Throws<InputFormatException>(() => SentencePieceFile.Read(model.ToArray(), "m")).Message);

    private static void RefusedRules(byte[] rules, string message) => Refused(Sound().Rules(rules), "normalizer_spec.precompiled_charsmap: " + message);

    private static void ReadOrRefuse(byte[] file)
    {
        try
        {
            var codec = new SentencePieceCodec(SentencePieceFile.Read(file, "m"));
            var buffer = new IntBuffer();
            codec.Encode("a  text\twith ▁ ﬁ 中 zab\0 <end>!", buffer);
            int[] ids = buffer.Span.ToArray();
            Assert.All(ids, id => Assert.InRange(id, 0, codec.VocabularySize - 1));
            Assert.NotNull(codec.Decode(ids));
        }
        catch (InputFormatException exception)
        {
            Assert.StartsWith("m: ", exception.Message, StringComparison.Ordinal);
        }
    }
}
