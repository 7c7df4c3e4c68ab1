using Watermark.Text.Tokenizers.Splitting;

namespace Watermark.Text.Tokenizers.HuggingFace.Patterns;

/// <summary>Reads the <c>pattern</c> of a <c>Split</c> or a <c>Replace</c>.</summary>
internal static class PatternReader
{
    /// <summary>Reads a pattern: <c>{"String": …}</c> or <c>{"Regex": …}</c>.</summary>
    /// <param name="setting">The setting.</param>
    /// <exception cref="InputFormatException">It is neither, or an expression that cannot be followed exactly.</exception>
    public static TextPattern Read(Setting setting)
    {
        SettingObject members = setting.Object();
        TextPattern pattern;
        if (members.Optional("String") is { } literal)
        {
            string text = literal.Text();
            if (text.Length == 0)
                throw literal.Fault("is an empty pattern, which is not supported");
            pattern = new LiteralPattern(text);
        }
        else
        {
            Setting expression = members.Required("Regex");
            pattern = new SplitterPattern(TextSplitter.FromPattern(expression.Text(), $"{expression.File}: {expression.Path}"));
        }

        members.Done();
        return pattern;
    }
}
