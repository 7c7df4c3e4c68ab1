using System.Text;

namespace Watermark.Text.Records;

/// <summary>Tells whether text is a table, and what stands between its fields.</summary>
internal static class DelimitedSniffer
{
    private const int RowsLookedAt = 50;
    private const string Delimiters = ",;\t|^\u001F";

    /// <summary>Column names that say beyond doubt what a table is.</summary>
    private static readonly HashSet<string> KnownColumns = new(StringComparer.OrdinalIgnoreCase)
    {
        "id", "prompt", "text", "reply", "response", "answer", "completion", "output", "question", "input", "instruction", "content", "message",
        "messages", "conversation", "conversations", "role", "model", "system", "user", "assistant", "chosen", "rejected", "query",
    };

    /// <summary>The delimiter of a table, or null where the text is none.</summary>
    /// <param name="start">The first bytes, UTF-8.</param>
    /// <param name="complete">Whether they are all bytes.</param>
    /// <param name="name">The file's name, which breaks ties.</param>
    public static char? Detect(ReadOnlySpan<byte> start, bool complete, string name)
    {
        string text = Encoding.UTF8.GetString(start);
        bool named = Compression.WithoutEndings(name) is { } bare
            && Path.GetExtension(bare).ToUpperInvariant() is ".CSV" or ".TSV" or ".TAB" or ".PSV";
        if (text.Length > 4 && text.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) && (text.Length == 5 || text[5] is '\r' or '\n'))
            return text[4];

        char? best = null;
        double bestScore = 0;
        foreach (char delimiter in Delimiters)
        {
            double score = Score(Rows(text, complete, delimiter), delimiter, named);
            if (score > bestScore)
            {
                best = delimiter;
                bestScore = score;
            }
        }

        // One column has no delimiter; the name says that it is a table all the same.
        return best ?? (named ? ',' : null);
    }

    /// <summary>How sure it is that these rows are a table: 0 for not at all.</summary>
    private static double Score(List<Row> rows, char delimiter, bool named)
    {
        if (rows.Count == 0 || rows[0].Fields.Count < 2)
            return 0;
        List<string> header = rows[0].Fields;
        int columns = header.Count;
        bool names = header.TrueForAll(IsName);
        bool known = header.Exists(static name => KnownColumns.Contains(name.Trim()));
        int same = rows.Skip(1).Count(row => row.Fields.Count == columns);
        double consistency = rows.Count == 1 ? 0 : (double)same / (rows.Count - 1);
        if (delimiter == '|' && rows.Count > 1 && rows[1].Fields.TrueForAll(static cell => cell.AsSpan().Trim(" -:").IsEmpty))
            return 0; // A table of Markdown.
        if (known && header.TrueForAll(static name => IsName(name) || string.IsNullOrWhiteSpace(name)))
            return 1000 + columns + consistency; // Its columns say what it is, however broken its rows are.
        if (named)
            return 100 * (consistency + 0.01) + columns;
        if (rows.Count < 2 || consistency < 0.95)
            return 0;
        int quoted = rows.Count(row => row.Quoted);
        // Prose may have a comma or two in every line, but it leaves a blank after each, and has no header and no quotes.
        int spaced = rows.Count(static row => row.Fields.Skip(1).Any(static field => field.StartsWith(' ')));
        bool table = spaced * 2 > rows.Count ? false : names ? columns > 2 || rows.Count > 2 || delimiter != ',' : rows.Count > 3 && (quoted * 2 > rows.Count || delimiter is '\t' or '\u001F');
        return table ? columns + consistency : 0;
    }

    /// <summary>Whether a cell may be the name of a column: short, and no sentence.</summary>
    /// <param name="cell">The cell.</param>
    public static bool IsName(string cell)
    {
        ReadOnlySpan<char> name = cell.AsSpan().Trim();
        return name.Length is > 0 and <= 64 && name.Count(' ') <= 3 && name[^1] is not ('.' or '!' or '?' or ':' or ',') && name.IndexOfAny('\n', '{', '<') < 0;
    }

    /// <summary>The first rows, split with quotes honoured; the last one is left out where it may be cut.</summary>
    private static List<Row> Rows(string text, bool complete, char delimiter)
    {
        var rows = new List<Row>();
        var fields = new List<string>();
        bool quoted = false;
        int at = 0;
        while (at < text.Length && rows.Count < RowsLookedAt)
        {
            int begin = at;
            string field;
            if (text[at] == '"' && ClosingQuote(text, at, delimiter) is > 0 and int close)
            {
                quoted = true;
                field = text[(begin + 1)..close];
                at = close + 1;
            }
            else
            {
                while (at < text.Length && text[at] != delimiter && text[at] is not ('\n' or '\r'))
                    at++;
                field = text[begin..at];
            }

            fields.Add(field);
            bool last = at >= text.Length;
            if (!last && text[at] == delimiter)
            {
                at++;
                if (at < text.Length)
                    continue;
                fields.Add("");
                last = true;
            }

            if (last && !complete)
                break;
            if (!(fields.Count == 1 && string.IsNullOrWhiteSpace(fields[0])))
                rows.Add(new Row(fields, quoted));
            fields = [];
            quoted = false;
            if (at < text.Length && text[at] == '\r')
                at++;
            if (at < text.Length && text[at] == '\n')
                at++;
        }

        return rows;
    }

    /// <summary>The quote that ends a field: followed by a delimiter or the end of a line. -1 for none.</summary>
    private static int ClosingQuote(string text, int open, char delimiter)
    {
        int at = open + 1;
        while ((at = text.IndexOf('"', at)) >= 0)
        {
            if (at + 1 < text.Length && text[at + 1] == '"')
            {
                at += 2;
                continue;
            }

            return at + 1 == text.Length || text[at + 1] == delimiter || text[at + 1] is '\r' or '\n' ? at : -1;
        }

        return -1;
    }

    private sealed record Row(List<string> Fields, bool Quoted);
}
