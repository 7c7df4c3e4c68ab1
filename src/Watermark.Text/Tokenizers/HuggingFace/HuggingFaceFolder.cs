using System.Text;
using System.Text.Json;
using Watermark.Text.Tokenizers.BytePairs;
using Watermark.Text.Tokenizers.HuggingFace.AddedTokens;
using Watermark.Text.Tokenizers.HuggingFace.Decoders;
using Watermark.Text.Tokenizers.HuggingFace.Models;
using Watermark.Text.Tokenizers.HuggingFace.Patterns;
using Watermark.Text.Tokenizers.HuggingFace.PreTokenizers;
using Watermark.Text.Tokenizers.Splitting;

namespace Watermark.Text.Tokenizers.HuggingFace;

/// <summary>
/// A folder as models are downloaded: <c>tokenizer.json</c> where it is there, else <c>vocab.json</c> and <c>merges.txt</c>
/// as GPT-2 has them, else <c>tokenizer.model</c>.
/// </summary>
internal static class HuggingFaceFolder
{
    private const string VocabularyName = "vocab.json";
    private const string MergesName = "merges.txt";
    private const string AddedName = "added_tokens.json";
    private const string TokenizerSettingsName = "tokenizer_config.json";
    private const string ModelSettingsName = "config.json";
    private const string ModelName = "tokenizer.model";
    private const string EndOfText = "<|endoftext|>";

    /// <summary>Loads the tokenizer of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="InputFormatException">It has no tokenizer, or one that is not supported.</exception>
    public static TextTokenizer Load(string folder)
    {
        if (Read(folder, HuggingFaceFile.Name) is { } file)
            return HuggingFaceFile.Load(file, Path.Combine(folder, HuggingFaceFile.Name), folder);
        if (Read(folder, VocabularyName) is { } vocabulary && Read(folder, MergesName) is { } merges)
            return Gpt2(folder, vocabulary, merges);
        string model = Path.Combine(folder, ModelName);
        if (File.Exists(model))
            return TokenizerLoader.Load(model);
        throw new InputFormatException($"{folder}: the folder has no tokenizer: expected {HuggingFaceFile.Name}, or {VocabularyName} and {MergesName}, or {ModelName}.");
    }

    private static TextTokenizer Gpt2(string folder, byte[] vocabularyFile, byte[] mergesFile)
    {
        CheckFamily(folder);
        Vocabulary vocabulary = ReadVocabulary(vocabularyFile, Path.Combine(folder, VocabularyName));
        var added = new List<AddedToken>();
        if (vocabulary.Ids.TryGetValue(EndOfText, out int endOfText))
            added.Add(Special(EndOfText, endOfText));
        if (Read(folder, AddedName) is { } addedFile)
        {
            foreach ((string token, int id) in ReadVocabulary(addedFile, Path.Combine(folder, AddedName)).Ids)
            {
                if (token.Length == 0 || vocabulary.Tokens.GetValueOrDefault(id, token) != token || vocabulary.Ids.GetValueOrDefault(token, id) != id)
                    throw new InputFormatException($"{Path.Combine(folder, AddedName)}: '{token}' with the id {id} contradicts {VocabularyName}.");
                if (token != EndOfText || added.Count == 0)
                    added.Add(Special(token, id));
            }
        }

        int[] bytes = [.. Enumerable.Range(0, 256).Select(value => vocabulary.Ids.GetValueOrDefault(ByteCharacters.Of((byte)value).ToString(), -1))];
        int missing = Array.IndexOf(bytes, -1);
        if (missing >= 0)
            throw new InputFormatException($"{folder}: {VocabularyName} has no token for the byte 0x{missing:x2}; a byte-level vocabulary has all 256.");
        var parts = new HuggingFaceParts
        {
            Vocabulary = vocabulary,
            AddedTokens = added,
            FindsAddedTokens = false,
            Normalizer = null,
            PreTokenizers = [new SplitPreTokenizer(new SplitterPattern(TextSplitter.Gpt2), SplitBehavior.Isolated, invert: false)],
            Model = new BytePairTokens(new BytePairModel(new ByteSymbols(bytes), Merges(mergesFile, vocabulary, folder))),
            Decoders = [DecoderSteps.ByteLevel],
        };
        byte[] content = [.. vocabularyFile, 0, .. mergesFile];
        return new TextTokenizer(folder, TokenizerLoader.Hash(content), [.. added.Select(token => token.Id).Order()], new HuggingFaceCodec(parts, folder));
    }

    /// <summary>Models of other families ship the same two files, but cut text in another way, which only their code says.</summary>
    private static void CheckFamily(string folder)
    {
        if (Member(folder, TokenizerSettingsName, "tokenizer_class") is { } tokenizer)
        {
            if (tokenizer is not ("GPT2Tokenizer" or "GPT2TokenizerFast"))
                throw OtherFamily(folder, TokenizerSettingsName, "tokenizer_class", tokenizer);
        }
        else if (Member(folder, ModelSettingsName, "model_type") is { } model and not "gpt2")
        {
            throw OtherFamily(folder, ModelSettingsName, "model_type", model);
        }
    }

    private static InputFormatException OtherFamily(string folder, string file, string member, string value) =>
        new($"{Path.Combine(folder, file)}: {member}: is '{value}', whose way to cut text {VocabularyName} and {MergesName} do not tell; add the model's {HuggingFaceFile.Name}.");

    private static string? Member(string folder, string name, string member)
    {
        if (Read(folder, name) is not { } file)
            return null;
        string path = Path.Combine(folder, name);
        using JsonDocument document = Setting.Parse(file, path);
        return new Setting(document.RootElement, string.Empty, path).Object().Optional(member)?.Text();
    }

    private static AddedToken Special(string content, int id) =>
        new(id, content, IsSpecial: true, IsNormalized: false, IsSingleWord: false, StripsLeft: false, StripsRight: false);

    private static Vocabulary ReadVocabulary(byte[] json, string path)
    {
        using JsonDocument document = Setting.Parse(json, path);
        return Vocabulary.Read(new Setting(document.RootElement, string.Empty, path));
    }

    private static MergeTable Merges(byte[] file, Vocabulary vocabulary, string folder)
    {
        var merges = new MergeTable.Builder();
        int number = 0;
        string path = Path.Combine(folder, MergesName);
        if (!System.Text.Unicode.Utf8.IsValid(file))
            throw new InputFormatException($"{path}: expected text in UTF-8.");
        foreach (string raw in Encoding.UTF8.GetString(file).Split('\n'))
        {
            number++;
            string line = raw.TrimEnd('\r');
            if (line.Length == 0 || (number == 1 && line.StartsWith("#version", StringComparison.Ordinal)))
                continue;
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space <= 0 || space == line.Length - 1 || line.LastIndexOf(' ') != space)
                throw new InputFormatException($"{path}:{number}: expected two tokens and a space between them.");
            if (!vocabulary.Ids.TryGetValue(line[..space], out int left) || !vocabulary.Ids.TryGetValue(line[(space + 1)..], out int right)
                || !vocabulary.Ids.TryGetValue(line.Remove(space, 1), out int merged))
            {
                throw new InputFormatException($"{path}:{number}: {VocabularyName} does not have the tokens of the merge, or not the one that it makes.");
            }

            merges.Add(left, right, number, merged);
        }

        return merges.Build();
    }

    private static byte[]? Read(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }
}
