using System.Text;
using Watermark.Text.Tokenizers.HuggingFace.Patterns;
using Watermark.Text.Tokenizers.HuggingFace.Unicode;
using Watermark.Text.Tokenizers.Splitting;

namespace Watermark.Text.Tokenizers.HuggingFace.PreTokenizers;

/// <summary>Reads the <c>pre_tokenizer</c> of a <c>tokenizer.json</c>.</summary>
internal static class PreTokenizerReader
{
    private static readonly CharacterPattern WhiteSpace = new(Characters.IsWhiteSpace);
    private static readonly CharacterPattern Punctuation = new(character => ReferenceUnicode.Tables.Punctuation.Contains(character));
    private static readonly CharacterPattern Numbers = new(Characters.IsNumber);
    private static readonly SplitterPattern Gpt2 = new(TextSplitter.Gpt2);
    private static readonly RowPattern Words = new(character => Characters.IsWhiteSpace(character) ? 0 : Characters.IsWord(character) ? 1 : 2);

    /// <summary>Reads a pre-tokenizer as the simple steps that it consists of.</summary>
    /// <param name="setting">The setting.</param>
    /// <exception cref="InputFormatException">A setting of it is not supported.</exception>
    public static PreTokenizer[] Read(Setting setting)
    {
        SettingObject members = setting.Object();
        Setting type = members.Required("type");
        PreTokenizer[] steps = type.Text() switch
        {
            "Sequence" => [.. members.Required("pretokenizers").Items().SelectMany(Read)],
            "Split" => [Split(members)],
            "ByteLevel" => ByteLevel(members),
            "Metaspace" => Metaspace(members),
            "Digits" => [new SplitPreTokenizer(Numbers, members.Required("individual_digits").Flag() ? SplitBehavior.Isolated : SplitBehavior.Contiguous, invert: false)],
            "Punctuation" => [new SplitPreTokenizer(Punctuation, members.Optional("behavior") is { } behavior ? Behavior(behavior) : SplitBehavior.Isolated, invert: false)],
            "Whitespace" => [new SplitPreTokenizer(Words, SplitBehavior.Removed, invert: true)],
            "WhitespaceSplit" => [new SplitPreTokenizer(WhiteSpace, SplitBehavior.Removed, invert: false)],
            "BertPreTokenizer" => [new SplitPreTokenizer(WhiteSpace, SplitBehavior.Removed, invert: false), new SplitPreTokenizer(Punctuation, SplitBehavior.Isolated, invert: false)],
            "CharDelimiterSplit" => [Delimiter(members.Required("delimiter").Character())],
            "FixedLength" => [new FixedLengthPreTokenizer(Length(members.Optional("length")))],
            string other => throw type.Fault($"is '{other}', which is not supported"),
        };
        members.Done();
        return steps;
    }

    private static SplitPreTokenizer Split(SettingObject members) => new(
        PatternReader.Read(members.Required("pattern")),
        Behavior(members.Required("behavior")),
        members.Required("invert").Flag());

    private static SplitBehavior Behavior(Setting setting) => setting.OneOf(
        ("Removed", SplitBehavior.Removed),
        ("Isolated", SplitBehavior.Isolated),
        ("MergedWithPrevious", SplitBehavior.MergedWithPrevious),
        ("MergedWithNext", SplitBehavior.MergedWithNext),
        ("Contiguous", SplitBehavior.Contiguous));

    private static PreTokenizer[] ByteLevel(SettingObject members)
    {
        // Where a token begins and ends in the text is asked by nobody here.
        members.Ignore("trim_offsets");
        var steps = new List<PreTokenizer>();
        if (members.Required("add_prefix_space").Flag())
            steps.Add(new SpacePreTokenizer(" ", PrependScheme.Always));
        if (members.Flag("use_regex", missing: true))
            steps.Add(new SplitPreTokenizer(Gpt2, SplitBehavior.Isolated, invert: false));
        steps.Add(new BytePreTokenizer());
        return [.. steps];
    }

    private static PreTokenizer[] Metaspace(SettingObject members)
    {
        // Old files hold the replacement a second time.
        members.Ignore("str_rep");
        string replacement = members.Required("replacement").Character().ToString();
        PrependScheme scheme = members.Optional("prepend_scheme") is { } named ? Scheme(named) : PrependScheme.Always;
        if (members.Optional("add_prefix_space") is { } prefix && !prefix.Flag() && scheme != PrependScheme.Never)
            throw prefix.Fault("is false, which contradicts 'prepend_scheme'; a file without 'prepend_scheme' means 'always'");
        var spaces = new SpacePreTokenizer(replacement, scheme);
        return members.Flag("split", missing: true)
            ? [spaces, new SplitPreTokenizer(new LiteralPattern(replacement), SplitBehavior.MergedWithNext, invert: false)]
            : [spaces];
    }

    /// <summary>Reads when a prefix is put.</summary>
    /// <param name="setting">The setting.</param>
    public static PrependScheme Scheme(Setting setting) =>
        setting.OneOf(("always", PrependScheme.Always), ("first", PrependScheme.First), ("never", PrependScheme.Never));

    private static SplitPreTokenizer Delimiter(Rune delimiter) =>
        new(new CharacterPattern(character => character == delimiter), SplitBehavior.Removed, invert: false);

    private static int Length(Setting? setting)
    {
        const int Usual = 5;
        int length = setting?.Whole() ?? Usual;
        return length > 0 ? length : throw setting!.Value.Fault("expected a length of at least 1");
    }
}
