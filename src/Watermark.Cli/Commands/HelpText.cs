namespace Watermark.Cli.Commands;

/// <summary>The descriptions of commands: paragraphs flow to the width of the terminal, examples keep their lines.</summary>
internal static class HelpText
{
    /// <summary>Joins the lines of each paragraph; lines that begin with a space, and "Examples:", stay as they are.</summary>
    /// <param name="text">The paragraphs as written in the source.</param>
    public static string Flow(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var flowed = new System.Text.StringBuilder();
        bool joins = false;
        foreach (string line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            bool prose = line.Length > 0 && line[0] != ' ' && line != "Examples:";
            if (flowed.Length > 0)
                flowed.Append(joins && prose ? ' ' : '\n');
            flowed.Append(line);
            joins = prose;
        }

        return flowed.ToString();
    }
}
