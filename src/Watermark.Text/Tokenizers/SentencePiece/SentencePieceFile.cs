using System.Text;

namespace Watermark.Text.Tokenizers.SentencePiece;

/// <summary>Reads a SentencePiece <c>.model</c> file, a protocol buffer (<c>sentencepiece_model.proto</c>).</summary>
/// <remarks>
/// Settings of training do not change ids and are not read. Of the settings of normalization all are applied; a field that
/// the format did not have when this was written is refused, since it could change ids.
/// </remarks>
internal static class SentencePieceFile
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Whether a file begins as a model does: with a piece that has a text.</summary>
    /// <param name="file">The file.</param>
    public static bool LooksLike(ReadOnlySpan<byte> file)
    {
        // Field 1, then a length of up to five bytes, then field 1 of the piece.
        int text = file.Length > 3 && file[0] == 0x0a ? 2 : file.Length;
        while (text < Math.Min(6, file.Length) && file[text - 1] >= 0x80)
            text++;
        return text < file.Length && file[text] == 0x0a;
    }

    /// <summary>Reads a file.</summary>
    /// <param name="file">Its bytes.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <exception cref="InputFormatException">It is damaged, or has settings that are not supported.</exception>
    public static SentencePieceModel Read(ReadOnlySpan<byte> file, string name)
    {
        var pieces = new List<Piece>();
        var trainer = new Trainer();
        var normalizer = new NormalizerSettings();
        NormalizerSettings? denormalizer = null;
        var reader = new ProtoReader(file, name, "the model", 0);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    pieces.Add(ReadPiece(reader.Message($"piece {pieces.Count}")));
                    break;
                case 2:
                    ReadTrainer(reader.Message("trainer_spec"), trainer);
                    break;
                case 3:
                    normalizer = ReadNormalizer(reader.Message("normalizer_spec"), normalizer, $"{name}: normalizer_spec");
                    break;
                case 5:
                    denormalizer = ReadNormalizer(reader.Message("denormalizer_spec"), denormalizer ?? new(), $"{name}: denormalizer_spec");
                    break;
                default:
                    // 4 are samples by which the file can be tested.
                    reader.Skip();
                    break;
            }
        }

        var settings = new SentencePieceSettings
        {
            Segmentation = trainer.Segmentation,
            Normalizer = normalizer with { WhitespaceAsSuffix = trainer.WhitespaceAsSuffix },
            Denormalizer = denormalizer?.Rules is null ? null : denormalizer,
            UnknownText = trainer.UnknownText,
        };
        return SentencePieceModel.Create(pieces, trainer.ByteFallback, settings, name);
    }

    private static Piece ReadPiece(ProtoReader reader)
    {
        string text = string.Empty;
        float score = 0;
        var type = PieceType.Normal;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    text = Text(ref reader);
                    break;
                case 2:
                    score = reader.Float();
                    break;
                case 3:
                    ulong number = reader.Integer();
                    if (number is 0 or > (ulong)PieceType.Byte)
                        throw reader.Malformed($"the type is {number}, expected 1 to 6");
                    type = (PieceType)number;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new Piece(text, score, type);
    }

    private static void ReadTrainer(ProtoReader reader, Trainer trainer)
    {
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 3:
                    ulong number = reader.Integer();
                    if (number is 0 or > (ulong)Segmentation.Character)
                        throw reader.Malformed($"model_type is {number}, expected 1 (unigram), 2 (bpe), 3 (word) or 4 (char)");
                    trainer.Segmentation = (Segmentation)number;
                    break;
                case 24:
                    trainer.WhitespaceAsSuffix = reader.Flag();
                    break;
                case 35:
                    trainer.ByteFallback = reader.Flag();
                    break;
                case 44:
                    trainer.UnknownText = Text(ref reader);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    private static NormalizerSettings ReadNormalizer(ProtoReader reader, NormalizerSettings settings, string name)
    {
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2:
                    ReadOnlySpan<byte> rules = reader.Bytes();
                    settings = settings with { Rules = rules.IsEmpty ? null : PrecompiledCharsMap.Read(rules, $"{name}.precompiled_charsmap") };
                    break;
                case 3:
                    settings = settings with { AddDummyPrefix = reader.Flag() };
                    break;
                case 4:
                    settings = settings with { RemoveExtraWhitespaces = reader.Flag() };
                    break;
                case 5:
                    settings = settings with { EscapeWhitespaces = reader.Flag() };
                    break;
                case 1 or 6:
                    // The name of the rules, and the table that they were compiled from.
                    reader.Skip();
                    break;
                default:
                    throw reader.Malformed($"the setting {reader.Field} is not known and could change token ids");
            }
        }

        return settings;
    }

    private static string Text(ref ProtoReader reader)
    {
        try
        {
            return Strict.GetString(reader.Bytes());
        }
        catch (DecoderFallbackException exception)
        {
            throw new InputFormatException(reader.Malformed($"field {reader.Field} is not UTF-8").Message, exception);
        }
    }

    /// <summary>The settings of the trainer that matter after training, with the defaults of the format.</summary>
    private sealed class Trainer
    {
        public Segmentation Segmentation { get; set; } = Segmentation.Unigram;

        public bool WhitespaceAsSuffix { get; set; }

        public bool ByteFallback { get; set; }

        public string UnknownText { get; set; } = " \u2047 ";
    }
}
