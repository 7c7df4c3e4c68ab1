using System.Text.Json;
using Watermark.Text.Tokenizers.HuggingFace.AddedTokens;
using Watermark.Text.Tokenizers.HuggingFace.Decoders;
using Watermark.Text.Tokenizers.HuggingFace.Models;
using Watermark.Text.Tokenizers.HuggingFace.Normalizers;
using Watermark.Text.Tokenizers.HuggingFace.PreTokenizers;

namespace Watermark.Text.Tokenizers.HuggingFace;

/// <summary>
/// A <c>tokenizer.json</c>. Every setting of it is applied, or it cannot change the ids of a text and is passed over, or the
/// file is refused with the setting's name; <c>tokenizer-json.md</c> beside this file's folder lists them all.
/// </summary>
internal static class HuggingFaceFile
{
    /// <summary>The name under which models ship it.</summary>
    public const string Name = "tokenizer.json";

    /// <summary>Tells whether a file can only be a <c>tokenizer.json</c>: whether it begins as JSON objects do.</summary>
    /// <param name="file">The bytes.</param>
    public static bool LooksLike(ReadOnlySpan<byte> file) => file.TrimStart(" \t\r\n"u8).StartsWith("{"u8);

    /// <summary>Loads a file.</summary>
    /// <param name="file">Its bytes.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="name">The name of the tokenizer: the path, or that of the folder it is in.</param>
    /// <exception cref="InputFormatException">It is not what its name says, or has a setting that is not supported.</exception>
    public static TextTokenizer Load(byte[] file, string path, string name)
    {
        using JsonDocument document = Setting.Parse(file, path);
        HuggingFaceParts parts = Read(new Setting(document.RootElement, string.Empty, path));
        int[] special = [.. parts.AddedTokens.Where(token => token.IsSpecial).Select(token => token.Id).Order()];
        return new TextTokenizer(name, TokenizerLoader.Hash(file), special, new HuggingFaceCodec(parts, path));
    }

    private static HuggingFaceParts Read(Setting root)
    {
        SettingObject members = root.Object();
        if (members.Optional("version") is { } version && version.Text() != "1.0")
            throw version.Fault($"is '{version.Text()}', expected '1.0'");
        // How many ids of a long text a model takes at once, and to what length shorter ones are filled up: a reply is read whole.
        members.Ignore("truncation", "padding");
        if (members.Optional("post_processor") is { } postProcessor)
            CheckPostProcessor(postProcessor);

        Normalizer? normalizer = members.Optional("normalizer") is { } before ? NormalizerReader.Read(before) : null;
        PreTokenizer[] cuts = members.Optional("pre_tokenizer") is { } cut ? PreTokenizerReader.Read(cut) : [];
        ReadModel model = ModelReader.Read(members.Required("model"), bytesLast: cuts is [.., BytePreTokenizer]);
        List<AddedToken> added = members.Optional("added_tokens") is { } tokens ? AddedTokenReader.Read(tokens, model.Vocabulary) : [];
        TokenDecoder[]? decoders = members.Optional("decoder") is { } decoder ? DecoderReader.Read(decoder) : null;
        members.Done();
        return new HuggingFaceParts
        {
            Vocabulary = model.Vocabulary,
            AddedTokens = added,
            Normalizer = normalizer,
            PreTokenizers = model.TakesBytes ? cuts[..^1] : cuts,
            Model = model.Tokens,
            Decoders = decoders,
        };
    }

    /// <summary>
    /// A post-processor puts marks such as a begin token around the ids of a text. A reply has none, so the kinds that do no
    /// more are passed over, whatever marks they put.
    /// </summary>
    private static void CheckPostProcessor(Setting setting)
    {
        SettingObject members = setting.Object();
        Setting type = members.Required("type");
        if (type.OneOf(("Sequence", true), ("TemplateProcessing", false), ("ByteLevel", false), ("BertProcessing", false), ("RobertaProcessing", false)))
        {
            foreach (Setting step in members.Required("processors").Items())
                CheckPostProcessor(step);
        }
    }
}
