using System.Globalization;
using System.Text;

namespace Watermark.Text.Tokenizers.HuggingFace.Unicode;

/// <summary>
/// What the reference library for <c>tokenizer.json</c> knows of Unicode. Its tables are of Unicode 8 and 9: a mark that
/// came later is no mark to it, so the tables of .NET would give other ids. Beside that, .NET has no normal forms at all
/// where it runs without a culture (as the command-line tool does): it returns the text as it is.
/// </summary>
internal sealed class ReferenceUnicode
{
    private const string Resource = "Watermark.Text.reference-unicode.txt";

    private static readonly Lazy<ReferenceUnicode> Loaded = new(() => new ReferenceUnicode());

    private readonly Dictionary<int, byte> classes = [];
    private readonly Dictionary<int, Decomposition> decompositions = [];
    private readonly Dictionary<(int, int), int> compositions = [];

    private ReferenceUnicode()
    {
        var sections = new Dictionary<string, CharacterSet>(StringComparer.Ordinal);
        using Stream stream = typeof(ReferenceUnicode).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The resource {Resource} is missing.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        string section = string.Empty;
        while (reader.ReadLine() is { } line)
        {
            if (line[0] == '[')
                section = line[1..^1];
            else if (section == "combining-classes")
                AddClass(line.Split(' '));
            else if (section == "decompositions")
                AddDecomposition(line.Split(' '));
            else if (section.Length > 0)
                SetOf(sections, section).Add(Range(line));
        }

        Punctuation = sections["punctuation"];
        Marks = sections["marks"];
        NonspacingMarks = sections["nonspacing-marks"];
        Controls = sections["controls"];
    }

    /// <summary>The tables, read when they are first asked for.</summary>
    public static ReferenceUnicode Tables => Loaded.Value;

    /// <summary>Punctuation, and of ASCII the symbols too.</summary>
    public CharacterSet Punctuation { get; }

    /// <summary>All combining marks.</summary>
    public CharacterSet Marks { get; }

    /// <summary>Combining marks that take no room of their own.</summary>
    public CharacterSet NonspacingMarks { get; }

    /// <summary>Control, format and private characters, without tabs and ends of lines.</summary>
    public CharacterSet Controls { get; }

    /// <summary>All characters with a decomposition.</summary>
    public IEnumerable<KeyValuePair<int, Decomposition>> Decompositions => decompositions;

    /// <summary>All characters with a combining class.</summary>
    public IEnumerable<int> Combining => classes.Keys;

    /// <summary>The combining class, 0 for characters that do not combine.</summary>
    /// <param name="character">The code point.</param>
    public int CombiningClass(int character) => classes.GetValueOrDefault(character);

    /// <summary>One step of the decomposition.</summary>
    /// <param name="character">The code point; not a Hangul syllable.</param>
    public Decomposition? DecompositionOf(int character) => decompositions.TryGetValue(character, out Decomposition? found) ? found : null;

    /// <summary>The character that two others make together, or -1.</summary>
    /// <param name="first">The first code point.</param>
    /// <param name="second">The second code point.</param>
    public int Composition(int first, int second) => compositions.TryGetValue((first, second), out int composed) ? composed : -1;

    private static CharacterSet SetOf(Dictionary<string, CharacterSet> sections, string name)
    {
        if (!sections.TryGetValue(name, out CharacterSet? set))
            sections.Add(name, set = new CharacterSet());
        return set;
    }

    private static (int First, int Last) Range(string text)
    {
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        return dash < 0 ? (Hex(text), Hex(text)) : (Hex(text[..dash]), Hex(text[(dash + 1)..]));
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private void AddClass(string[] fields)
    {
        (int first, int last) = Range(fields[0]);
        for (int character = first; character <= last; character++)
            classes.Add(character, byte.Parse(fields[1], CultureInfo.InvariantCulture));
    }

    private void AddDecomposition(string[] fields)
    {
        int character = Hex(fields[0]);
        int[] parts = [.. fields.Skip(2).Select(Hex)];
        decompositions.Add(character, new Decomposition(fields[1] != "~", parts));
        if (fields[1] == "=")
            compositions.Add((parts[0], parts[1]), character);
    }

    /// <summary>One step of a decomposition.</summary>
    /// <param name="IsCanonical">It is the same character in other parts; otherwise only a compatible one.</param>
    /// <param name="Parts">The code points.</param>
    internal sealed record Decomposition(bool IsCanonical, int[] Parts);
}
