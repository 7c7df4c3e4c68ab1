namespace Watermark.SampleText;

/// <summary>
/// English text that is available on every machine with the .NET SDK: distinct sentences from its reference documentation,
/// or from a user's folder of text files. The order depends on the files' names and contents only.
/// </summary>
public sealed class EnglishSentences
{
    private EnglishSentences(IReadOnlyList<string> sentences, string source)
    {
        Sentences = sentences;
        Source = source;
    }

    /// <summary>The sentences, each once (ordinal comparison), in the order of their first appearance.</summary>
    public IReadOnlyList<string> Sentences { get; }

    /// <summary>The folder the sentences came from.</summary>
    public string Source { get; }

    /// <summary>Reads the user's folder where one is given, the SDK's reference documentation otherwise.</summary>
    /// <param name="textFolder">A folder of <c>.txt</c> files, or null.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    /// <exception cref="InputFormatException">No folder was given and this machine has no reference documentation, the folder has no sentences, or a file is malformed.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    public static EnglishSentences Load(string? textFolder, CancellationToken cancellationToken = default) =>
        textFolder is null
            ? FromDocumentation(ReferenceDocumentation.Find(), cancellationToken)
            : FromTextFolder(textFolder, cancellationToken);

    /// <summary>Reads the XML documentation files (<c>*.xml</c>) of a folder, in ordinal order of their names.</summary>
    /// <param name="folder">The folder, such as <c>packs/Microsoft.NETCore.App.Ref/10.0.0/ref/net10.0</c>.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    /// <exception cref="InputFormatException">A file is not well-formed XML, or there is no sentence at all.</exception>
    public static EnglishSentences FromDocumentation(string folder, CancellationToken cancellationToken = default) =>
        Read(folder, "*.xml", recurse: false, DocumentationReader.ReadParagraphs, cancellationToken);

    /// <summary>Reads the text files (<c>*.txt</c>, UTF-8) of a folder and its subfolders, in ordinal order of their paths.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    /// <exception cref="InputFormatException">There is no sentence at all.</exception>
    public static EnglishSentences FromTextFolder(string folder, CancellationToken cancellationToken = default) =>
        Read(folder, "*.txt", recurse: true, ReadTextParagraphs, cancellationToken);

    private static EnglishSentences Read(
        string folder,
        string pattern,
        bool recurse,
        Func<string, IEnumerable<string>> readParagraphs,
        CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"The folder '{folder}' does not exist.");
        var options = new EnumerationOptions { RecurseSubdirectories = recurse, MatchType = MatchType.Simple };
        string[] files = Directory.GetFiles(folder, pattern, options);
        string[] names = Array.ConvertAll(files, file => Path.GetRelativePath(folder, file).Replace('\\', '/'));
        Array.Sort(names, files, StringComparer.Ordinal);

        var seen = new HashSet<string>(StringComparer.Ordinal);
        var sentences = new List<string>();
        foreach (string file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (string paragraph in readParagraphs(file))
            {
                foreach (string sentence in SentenceSplitter.Split(paragraph))
                {
                    if (seen.Add(sentence))
                        sentences.Add(sentence);
                }
            }
        }

        return sentences.Count > 0
            ? new EnglishSentences(sentences, folder)
            : throw new InputFormatException($"No English sentences of at least {SentenceSplitter.MinimumWords} words were found in the {pattern} files of '{folder}'.");
    }

    private static IEnumerable<string> ReadTextParagraphs(string file)
    {
        var paragraph = new System.Text.StringBuilder();
        foreach (string line in File.ReadLines(file))
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                paragraph.Append(line).Append(' ');
                continue;
            }

            yield return paragraph.ToString();
            paragraph.Clear();
        }

        yield return paragraph.ToString();
    }
}
