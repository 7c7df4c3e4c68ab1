using Watermark.Text.Tokenizers.HuggingFace.Patterns;
using Watermark.Text.Tokenizers.HuggingFace.PreTokenizers;

namespace Watermark.Text.Tokenizers.HuggingFace.Decoders;

/// <summary>Reads the <c>decoder</c> of a <c>tokenizer.json</c>.</summary>
internal static class DecoderReader
{
    /// <summary>Reads a decoder.</summary>
    /// <param name="setting">The setting.</param>
    /// <exception cref="InputFormatException">A setting of it is not supported.</exception>
    public static TokenDecoder[] Read(Setting setting)
    {
        SettingObject members = setting.Object();
        Setting type = members.Required("type");
        TokenDecoder[] steps = type.Text() switch
        {
            "Sequence" => [.. members.Required("decoders").Items().SelectMany(Read)],
            "ByteLevel" => ByteLevel(members),
            "ByteFallback" => [DecoderSteps.ByteFallback],
            "Fuse" => [DecoderSteps.Fuse],
            "Replace" => [DecoderSteps.Replace(PatternReader.Read(members.Required("pattern")), members.Required("content").Text())],
            "Strip" => [DecoderSteps.Strip(members.Required("content").Character(), members.Required("start").Whole(), members.Required("stop").Whole())],
            "Metaspace" => Metaspace(members),
            "WordPiece" => [DecoderSteps.WordPiece(members.Required("prefix").Text(), members.Required("cleanup").Flag())],
            "BPEDecoder" => [DecoderSteps.Suffix(members.Required("suffix").Text())],
            string other => throw type.Fault($"is '{other}', which is not supported"),
        };
        members.Done();
        return steps;
    }

    private static TokenDecoder[] ByteLevel(SettingObject members)
    {
        // They are of the pre-tokenizer of this name and have no meaning on the way back.
        members.Ignore("add_prefix_space", "trim_offsets", "use_regex");
        return [DecoderSteps.ByteLevel];
    }

    private static TokenDecoder[] Metaspace(SettingObject members)
    {
        members.Ignore("str_rep", "split");
        PrependScheme scheme = members.Optional("prepend_scheme") is { } named ? PreTokenizerReader.Scheme(named) : PrependScheme.Always;
        if (!members.Flag("add_prefix_space", missing: true))
            scheme = PrependScheme.Never;
        return [DecoderSteps.Metaspace(members.Required("replacement").Character(), scheme != PrependScheme.Never)];
    }
}
