using System.Text;
using Watermark.Text.Tokenizers.HuggingFace.Patterns;
using Watermark.Text.Tokenizers.HuggingFace.Unicode;
using Watermark.Text.Tokenizers.SentencePiece;

namespace Watermark.Text.Tokenizers.HuggingFace.Normalizers;

/// <summary>Reads the <c>normalizer</c> of a <c>tokenizer.json</c>.</summary>
internal static class NormalizerReader
{
    /// <summary>Reads a normalizer.</summary>
    /// <param name="setting">The setting.</param>
    /// <exception cref="InputFormatException">A setting of it is not supported.</exception>
    public static Normalizer Read(Setting setting)
    {
        SettingObject members = setting.Object();
        Setting type = members.Required("type");
        Normalizer normalizer = type.Text() switch
        {
            "Sequence" => new NormalizerSequence([.. members.Required("normalizers").Items().Select(Read)]),
            "NFC" => new WholeTextNormalizer(text => NormalForm.C.Apply(text)),
            "NFD" => new WholeTextNormalizer(text => NormalForm.D.Apply(text)),
            "NFKC" => new WholeTextNormalizer(text => NormalForm.KC.Apply(text)),
            "NFKD" => new WholeTextNormalizer(text => NormalForm.KD.Apply(text)),
            "Replace" => new ReplaceNormalizer(PatternReader.Read(members.Required("pattern")), members.Required("content").Text()),
            "Prepend" => new PrependNormalizer(members.Required("prepend").Text()),
            "Strip" => new StripNormalizer(members.Required("strip_left").Flag(), members.Required("strip_right").Flag()),
            "StripAccents" => new CharacterNormalizer(StripMarks),
            "Lowercase" => new CharacterNormalizer(Characters.Lower),
            "Nmt" => new CharacterNormalizer(Nmt),
            "ByteLevel" => new WholeTextNormalizer(ByteCharacters.Write),
            "Precompiled" => new PrecompiledNormalizer(Map(members.Required("precompiled_charsmap"))),
            "BertNormalizer" => Bert(members),
            string other => throw type.Fault($"is '{other}', which is not supported"),
        };
        members.Done();
        return normalizer;
    }

    private static PrecompiledCharsMap Map(Setting setting)
    {
        byte[] map;
        try
        {
            map = Convert.FromBase64String(setting.Text());
        }
        catch (FormatException error)
        {
            throw setting.Fault("expected base64", error);
        }

        return PrecompiledCharsMap.Read(map, $"{setting.File}: {setting.Path}");
    }

    private static NormalizerSequence Bert(SettingObject members)
    {
        var steps = new List<Normalizer>();
        if (members.Required("clean_text").Flag())
            steps.Add(new CharacterNormalizer(Clean));
        if (members.Required("handle_chinese_chars").Flag())
            steps.Add(new CharacterNormalizer(SeparateHan));
        bool lowercase = members.Required("lowercase").Flag();
        // Where nothing is said of accents they go with the capitals, as in the first BERT.
        if (members.Flag("strip_accents", missing: lowercase))
        {
            steps.Add(new WholeTextNormalizer(text => NormalForm.D.Apply(text)));
            steps.Add(new CharacterNormalizer(StripNonspacingMarks));
        }

        if (lowercase)
            steps.Add(new CharacterNormalizer(Characters.Lower));
        return new NormalizerSequence([.. steps]);
    }

    private static void StripMarks(Rune character, StringBuilder to)
    {
        if (!ReferenceUnicode.Tables.Marks.Contains(character))
            Characters.Append(character, to);
    }

    private static void StripNonspacingMarks(Rune character, StringBuilder to)
    {
        if (!ReferenceUnicode.Tables.NonspacingMarks.Contains(character))
            Characters.Append(character, to);
    }

    private static void Clean(Rune character, StringBuilder to)
    {
        if (character.Value is 0 or 0xfffd || ReferenceUnicode.Tables.Controls.Contains(character))
            return;
        if (Characters.IsWhiteSpace(character))
            to.Append(' ');
        else
            Characters.Append(character, to);
    }

    private static void SeparateHan(Rune character, StringBuilder to)
    {
        bool separate = Characters.IsHan(character);
        if (separate)
            to.Append(' ');
        Characters.Append(character, to);
        if (separate)
            to.Append(' ');
    }

    /// <summary>The cleaning of the Nmt project: most control characters go, and what parts words or lines becomes a space.</summary>
    private static void Nmt(Rune character, StringBuilder to)
    {
        switch (character.Value)
        {
            case (>= 0x01 and <= 0x08) or 0x0b or (>= 0x0e and <= 0x1f) or 0x7f or 0x8f or 0x9f:
                break;
            case 0x09 or 0x0a or 0x0c or 0x0d or 0x1680 or (>= 0x200b and <= 0x200f) or 0x2028 or 0x2029 or 0x2581 or 0xfeff or 0xfffd:
                to.Append(' ');
                break;
            default:
                Characters.Append(character, to);
                break;
        }
    }
}
