using System.Text;
using System.Text.Json;
using Watermark.Text.Tokenizers.BytePairs;
using HuggingFaceUnigram = Watermark.Text.Tokenizers.SentencePiece.HuggingFaceUnigram;

namespace Watermark.Text.Tokenizers.HuggingFace.Models;

/// <summary>A model that was read.</summary>
/// <param name="Vocabulary">Its tokens.</param>
/// <param name="Tokens">The model.</param>
/// <param name="TakesBytes">
/// The model does the step from text to byte characters itself, so the last step of the pre-tokenizer is left out.
/// </param>
internal sealed record ReadModel(Vocabulary Vocabulary, TokenModel Tokens, bool TakesBytes);

/// <summary>Reads the <c>model</c> of a <c>tokenizer.json</c>.</summary>
internal static class ModelReader
{
    /// <summary>Reads a model.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="bytesLast">Whether the pre-tokenizer ends with byte characters.</param>
    /// <exception cref="InputFormatException">A setting of it is not supported.</exception>
    public static ReadModel Read(Setting setting, bool bytesLast)
    {
        SettingObject members = setting.Object();
        ReadModel model = TypeOf(members, setting) switch
        {
            "BPE" => BytePairs(members, bytesLast),
            "Unigram" => Unigram(members),
            "WordPiece" => WordPiece(members),
            _ => WordLevel(members),
        };
        members.Done();
        return model;
    }

    /// <summary>The type, which the first files, such as GPT-2's, do not name.</summary>
    private static string TypeOf(SettingObject members, Setting setting)
    {
        if (members.Optional("type") is { } type)
            return type.OneOf(("BPE", "BPE"), ("Unigram", "Unigram"), ("WordPiece", "WordPiece"), ("WordLevel", "WordLevel"));
        return setting.Value.TryGetProperty("merges", out _) ? "BPE" : throw setting.Fault("has no member 'type'");
    }

    private static ReadModel WordLevel(SettingObject members)
    {
        Vocabulary vocabulary = Vocabulary.Read(members.Required("vocab"));
        return new ReadModel(vocabulary, new WordLevelTokens(vocabulary.Ids, vocabulary.IdOf(members.Required("unk_token"))), TakesBytes: false);
    }

    private static ReadModel WordPiece(SettingObject members)
    {
        Vocabulary vocabulary = Vocabulary.Read(members.Required("vocab"));
        var tokens = new WordPieceTokens(
            vocabulary.Ids,
            vocabulary.IdOf(members.Required("unk_token")),
            members.Required("continuing_subword_prefix").Text(),
            members.Required("max_input_chars_per_word").Whole());
        return new ReadModel(vocabulary, tokens, TakesBytes: false);
    }

    private static ReadModel Unigram(SettingObject members)
    {
        Setting list = members.Required("vocab");
        var scored = new List<(string Token, double Score)>();
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var tokens = new Dictionary<int, string>();
        foreach (Setting entry in list.Items())
        {
            Setting[] pair = [.. entry.Items().Take(3)];
            if (pair.Length != 2 || pair[1].Value.ValueKind != JsonValueKind.Number || !pair[1].Value.TryGetDouble(out double score))
                throw entry.Fault("expected a token and its score");
            string token = pair[0].Text();
            // Of equal tokens the last one counts, as in the reference.
            ids[token] = scored.Count;
            tokens.Add(scored.Count, token);
            scored.Add((token, score));
        }

        var model = new HuggingFaceUnigram(
            scored,
            members.Optional("unk_id")?.Whole(),
            members.Flag("byte_fallback", missing: false),
            $"{list.File}: model");
        return new ReadModel(new Vocabulary(ids, tokens), new UnigramTokens(model), TakesBytes: false);
    }

    private static ReadModel BytePairs(SettingObject members, bool bytesLast)
    {
        Vocabulary vocabulary = Vocabulary.Read(members.Required("vocab"));
        if (members.Optional("dropout") is { } dropout && (dropout.Value.ValueKind != JsonValueKind.Number || dropout.Value.GetDouble() != 0))
            throw dropout.Fault("merges that are left out by chance are not supported");
        string prefix = members.Optional("continuing_subword_prefix")?.Text() ?? string.Empty;
        string suffix = members.Optional("end_of_word_suffix")?.Text() ?? string.Empty;
        MergeTable merges = MergeReader.Read(members.Required("merges"), vocabulary, prefix);
        bool ignoreMerges = members.Flag("ignore_merges", missing: false);
        bool fallback = members.Flag("byte_fallback", missing: false);
        bool fuse = members.Flag("fuse_unk", missing: false);
        Setting? unknown = members.Optional("unk_token");

        if (bytesLast && prefix.Length + suffix.Length == 0)
        {
            int[] byteTokens = [.. Enumerable.Range(0, 256).Select(value => vocabulary.Ids.GetValueOrDefault(ByteCharacters.Of((byte)value).ToString(), -1))];
            // A byte without a token is left out, as the reference does where it has nothing to put there.
            if (byteTokens.All(token => token >= 0) || (unknown is null && !fallback))
            {
                TokenTable? whole = ignoreMerges ? Whole(vocabulary, ByteCharacters.Read) : null;
                return new ReadModel(vocabulary, new BytePairTokens(new BytePairModel(new ByteSymbols(byteTokens), merges, whole)), TakesBytes: true);
            }
        }

        InitialSymbols symbols = Symbols(vocabulary, prefix, suffix, fallback ? vocabulary.ByteIds() : [], unknown is { } named ? vocabulary.IdOf(named) : -1, fuse, merges);
        var model = new BytePairModel(symbols, merges, ignoreMerges ? Whole(vocabulary, Encoding.UTF8.GetBytes) : null);
        return new ReadModel(vocabulary, new BytePairTokens(model), TakesBytes: false);
    }

    private static InitialSymbols Symbols(Vocabulary vocabulary, string prefix, string suffix, int[] bytes, int unknown, bool fuse, MergeTable merges)
    {
        if (prefix.Length + suffix.Length > 0)
            return new AffixedSymbols(vocabulary, prefix, suffix, bytes, unknown, fuse);
        var characters = new List<(Rune, int)>();
        foreach ((string token, int id) in vocabulary.Ids)
        {
            if (token.Length <= 2 && Rune.TryGetRuneAt(token.Length > 0 ? token : "\ud800", 0, out Rune rune) && rune.Utf16SequenceLength == token.Length)
                characters.Add((rune, id));
        }

        var symbols = new CharacterSymbols(characters, bytes, unknown, fuse);
        symbols.CutFor(merges);
        return symbols;
    }

    private static TokenTable Whole(Vocabulary vocabulary, Func<string, byte[]?> bytes)
    {
        var whole = new List<(byte[], int)>(vocabulary.Ids.Count);
        foreach ((string token, int id) in vocabulary.Ids)
        {
            if (bytes(token) is { Length: > 0 } found)
                whole.Add((found, id));
        }

        return new TokenTable(whole);
    }
}
