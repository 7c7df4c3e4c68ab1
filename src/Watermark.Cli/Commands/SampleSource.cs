using System.CommandLine;
using System.Globalization;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Distillation;
using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.Text.Conversations;
using Watermark.Text.Tokenizers;

namespace Watermark.Cli.Commands;

/// <summary>A text to test, which may lie in several files.</summary>
/// <param name="Title">Whose it is.</param>
/// <param name="Paths">Files, folders, <c>-</c>, or one sample.</param>
/// <param name="FileName">The name for the file of its sample; null for the name of the first path.</param>
internal sealed record NamedInput(string Title, IReadOnlyList<string> Paths, string? FileName = null);

/// <summary>
/// The samples that a command's keys are tested on. Documents are read once for all keys that need the same sample; options
/// that cannot apply to an existing sample are refused.
/// </summary>
internal sealed class SampleSource(
    ParseResult parse,
    KeyOptions keys,
    SelectionOptions selection,
    InputOptions documents,
    long? rowLimit,
    Option<long?> rowLimitOption,
    ConsoleOutput console,
    CancellationToken cancellationToken)
{
    private const string Ending = ".ngrams";

    private readonly Dictionary<(string Path, SampleSchema? Schema), Sample> samples = [];
    private readonly Dictionary<(string Name, string Hash), TextTokenizer> tokenizers = [];
    private readonly List<(string Name, Sample Sample)> extracted = [];
    private readonly List<(string Name, Sample Sample)> ready = [];

    /// <summary>The exit code of reading: bad input if a file broke off.</summary>
    public int ExitCode { get; private set; }

    /// <summary>The samples that were extracted here, with names for their files.</summary>
    public IReadOnlyList<(string Name, Sample Sample)> Extracted => extracted;

    /// <summary>All samples that were loaded, each once, with names for files.</summary>
    public IReadOnlyList<(string Name, Sample Sample)> Samples =>
        [.. extracted, .. ready.DistinctBy(item => item.Sample.Digest).Where(item => extracted.All(other => other.Sample.Digest != item.Sample.Digest))];

    /// <summary>A text that bears the name of where it lies.</summary>
    /// <param name="path">A file, a folder, <c>-</c> or a sample.</param>
    public static NamedInput Named(string path) => new(path == "-" ? "standard input" : NameOf(path), [path]);

    /// <summary>Loads what a key is tested on.</summary>
    /// <param name="key">The key.</param>
    /// <param name="input">Whose text it is, and where it lies.</param>
    /// <param name="label">What the progress bar says.</param>
    /// <param name="normalise">Whether the text is normalised.</param>
    public TitledSample Load(OwnerKey key, NamedInput input, string label, bool normalise)
    {
        string path = input.Paths[0];
        string title = input.Title + (normalise ? ", normalised" : string.Empty);
        TextTokenizer tokenizer = Tokenizer(key);
        if (input.Paths.FirstOrDefault(SampleLoader.IsSample) is { } alone && input.Paths.Count > 1)
            throw new InputFormatException($"{alone}: a sample stands for all replies of '{input.Title}'; merge samples with 'watermark merge', and give no other file with one.");
        if (SampleLoader.IsSample(path))
        {
            Sample whole = Ready(key, path, tokenizer, normalise);
            ready.Add((input.FileName ?? NameOf(path), whole));
            return new TitledSample(title, whole);
        }

        WatermarkScheme scheme = key.Scheme.Scheme;
        NGramSelection rule = selection.Read(parse, scheme);
        ReplyTextOptions text = documents.Text(parse, rule.ExcludePromptContexts, normalise);
        SampleSchema schema = SampleLoader.Schema(scheme.ContextWidth, rule, tokenizer, rowLimit, text.Preparation);
        if (samples.TryGetValue((path, schema), out Sample? known))
            return new TitledSample(title, known);
        if (path == "-" && samples.Keys.Any(read => read.Path == path))
            throw new InputFormatException("Standard input can be read only once, and these keys need different samples of it; name a file.");
        (Sample sample, int exitCode) = SampleLoader.Extract(
            input.Paths,
            schema,
            tokenizer,
            documents.Reader(parse, tokenizer),
            text,
            documents.Screening(parse, cancellationToken),
            documents.Threads(parse),
            console,
            label,
            cancellationToken);
        ExitCode = Math.Max(ExitCode, exitCode);
        samples.Add((path, schema), sample);
        string plain = input.FileName ?? FileName(path, normalise);
        string name = plain;
        for (int i = 2; extracted.Any(item => item.Name == name); i++)
            name = string.Create(CultureInfo.InvariantCulture, $"{plain[..^Ending.Length]}-{i}{Ending}");
        extracted.Add((name, sample));
        return new TitledSample(title, sample);
    }

    /// <summary>The name of the file for the sample of a text; a second sample of the same name gets a number.</summary>
    /// <param name="path">The text: a file, a folder or <c>-</c>.</param>
    /// <param name="normalised">Whether its text was normalised.</param>
    public static string FileName(string path, bool normalised) =>
        (path == "-" ? "input" : NameOf(path)) + (normalised ? "-normalised" : string.Empty) + Ending;

    private static string NameOf(string path) => Path.GetFileName(Path.TrimEndingDirectorySeparator(path));

    private Sample Ready(OwnerKey key, string path, TextTokenizer tokenizer, bool normalise)
    {
        string[] given = [.. normalise ? ["--normalise"] : Array.Empty<string>(), .. selection.Given(parse), .. documents.Given(parse), .. parse.GetResult(rowLimitOption) is { Implicit: false } ? [rowLimitOption.Name] : Array.Empty<string>()];
        if (given.Length > 0)
            throw new InputFormatException($"{path}: {string.Join(", ", given)} cannot apply to an existing sample; leave it out, or extract the sample with it.");
        if (!samples.TryGetValue((path, null), out Sample? sample))
        {
            sample = SampleLoader.ReadSample(path);
            samples.Add((path, null), sample);
        }

        SampleSchema schema = sample.Schema;
        if (schema.ContextWidth != key.Scheme.ContextWidth)
            throw new InputFormatException($"{path}: the sample has context width {schema.ContextWidth}; the key needs {key.Scheme.ContextWidth}.");
        if (schema.TokenizerHash.Length > 0 && tokenizer.ContentHash.Length > 0 && schema.TokenizerHash != tokenizer.ContentHash)
            throw new InputFormatException($"{path}: the sample was made with the tokenizer '{schema.Tokenizer}'; the key needs '{tokenizer.Name}'.");
        return sample;
    }

    private TextTokenizer Tokenizer(OwnerKey key)
    {
        if (!tokenizers.TryGetValue((key.Tokenizer, key.TokenizerHash), out TextTokenizer? tokenizer))
            tokenizers.Add((key.Tokenizer, key.TokenizerHash), tokenizer = keys.LoadTokenizer(parse, key.Tokenizer, key.TokenizerHash));
        return tokenizer;
    }
}
