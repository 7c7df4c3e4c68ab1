using Watermark.Cli.Terminal;
using Watermark.Forensics.Distillation;
using Watermark.NGrams;
using Watermark.Text;

namespace Watermark.Cli.Commands;

/// <summary>Turns what a user names (documents, or tables made earlier) into one table of n-grams.</summary>
internal static class CorpusLoader
{
    /// <summary>Whether a path names a table.</summary>
    /// <param name="path">The path.</param>
    public static bool IsTable(string path) => path.EndsWith(".ngrams", StringComparison.OrdinalIgnoreCase);

    /// <summary>What to collect for a mark.</summary>
    /// <param name="contextWidth">h.</param>
    /// <param name="selection">Which n-grams count.</param>
    /// <param name="tokenizer">Turns text into ids; its special tokens are left out.</param>
    /// <param name="rowLimit">Distinct n-grams kept at most, or null.</param>
    public static NGramTableSchema Schema(int contextWidth, NGramSelection selection, TextTokenizer tokenizer, long? rowLimit)
    {
        if (contextWidth is < 0 or > 16)
            throw new InputFormatException("--context-width must be from 0 to 16.");
        if (rowLimit < 1)
            throw new InputFormatException("--row-limit must be 1 or more.");
        var schema = new NGramTableSchema
        {
            ContextWidth = contextWidth,
            Selection = selection,
            Tokenizer = tokenizer.Name,
            TokenizerHash = tokenizer.ContentHash,
            SpecialTokens = tokenizer.SpecialTokens,
            RowLimit = rowLimit,
        };
        schema.Validate();
        return schema;
    }

    /// <summary>Reads and merges tables, or reads documents and extracts their n-grams.</summary>
    /// <param name="inputs">Tables, or documents; not both.</param>
    /// <param name="schema">What to collect; tables must have been collected so.</param>
    /// <param name="tokenizer">Turns text into ids.</param>
    /// <param name="options">How documents are read.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="console">Shows progress.</param>
    /// <param name="label">What the progress bar says.</param>
    /// <param name="trackDocuments">Whether to keep which document stands for each row; not for tables.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The corpus, and the exit code: bad input where a file broke off.</returns>
    public static (Corpus Corpus, int ExitCode) Load(
        IReadOnlyList<string> inputs,
        NGramTableSchema schema,
        TextTokenizer tokenizer,
        DocumentReaderOptions options,
        int threads,
        ConsoleOutput console,
        string label,
        bool trackDocuments,
        CancellationToken cancellationToken)
    {
        int tables = inputs.Count(IsTable);
        if (tables != 0 && tables != inputs.Count)
            throw new InputFormatException("Tables (.ngrams) and documents cannot be mixed in one input; extract the documents first.");
        if (tables > 0)
            return (new Corpus(ReadTables(inputs, schema)), ExitCodes.Done);

        var reader = new DocumentReader(options);
        Corpus corpus = console.WithProgress(label, (_, token) => Extract(reader, inputs, tokenizer, new NGramTableBuilder(schema, trackDocuments), threads, token), cancellationToken);
        return (corpus, MalformedReport.Show(reader.Malformed, console));
    }

    /// <summary>Reads one table; the message of a fault names the file.</summary>
    /// <param name="path">The file.</param>
    public static NGramTable ReadTable(string path)
    {
        using FileStream stream = File.OpenRead(path);
        try
        {
            return NGramTable.Read(stream);
        }
        catch (InputFormatException exception)
        {
            throw new InputFormatException($"{path}: {exception.Message}", exception);
        }
    }

    private static Corpus Extract(
        DocumentReader reader, IReadOnlyList<string> inputs, TextTokenizer tokenizer, NGramTableBuilder builder, int threads, CancellationToken cancellationToken)
    {
        CorpusExtraction.Extract(reader.Read(inputs, cancellationToken), tokenizer, builder, threads, cancellationToken);
        (NGramTable table, ulong[] documents) = builder.BuildWithDocuments();
        return new Corpus(table, documents);
    }

    private static NGramTable ReadTables(IReadOnlyList<string> paths, NGramTableSchema schema)
    {
        NGramTable? merged = null;
        foreach (string path in paths)
        {
            NGramTable table = ReadTable(path);
            if (table.Schema.ContextWidth != schema.ContextWidth)
                throw new InputFormatException($"{path}: the table has context width {table.Schema.ContextWidth}; the key needs {schema.ContextWidth}.");
            if (table.Schema.TokenizerHash.Length > 0 && schema.TokenizerHash.Length > 0 && table.Schema.TokenizerHash != schema.TokenizerHash)
                throw new InputFormatException($"{path}: the table was made with the tokenizer '{table.Schema.Tokenizer}', whose content differs from the key's '{schema.Tokenizer}'.");
            merged = merged is null ? table : NGramTable.Merge(merged, table);
        }

        return merged!;
    }
}
