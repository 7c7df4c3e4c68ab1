using System.Text;
using Watermark.Text.Tokenizers.HuggingFace.Patterns;

namespace Watermark.Text.Tokenizers.HuggingFace.Normalizers;

/// <summary>Replaces every match of a pattern.</summary>
/// <param name="pattern">The pattern.</param>
/// <param name="content">What stands there instead, taken literally.</param>
internal sealed class ReplaceNormalizer(TextPattern pattern, string content) : Normalizer
{
    public override NormalizedText Apply(NormalizedText text)
    {
        // By far the most frequent one: a space becomes a lower block.
        if (pattern is LiteralPattern { Text.Length: 1 } literal && content.Length == 1)
            return text with { Text = text.Text.Replace(literal.Text, content, StringComparison.Ordinal) };

        var parts = new List<MatchPart>();
        pattern.Find(text.Text, parts);
        var result = new StringBuilder(text.Text.Length);
        int start = 0;
        int lead = 0;
        foreach (MatchPart part in parts)
        {
            if (part.IsMatch)
            {
                result.Append(content);
                // What replaces a match comes from the last character of the match.
                lead = part.End <= text.Lead ? result.Length : lead;
            }
            else
            {
                result.Append(text.Text, start, part.End - start);
                lead = start < text.Lead ? result.Length - Math.Max(0, part.End - text.Lead) : lead;
            }

            start = part.End;
        }

        return new NormalizedText(result.ToString(), text.Lead == 0 ? 0 : lead);
    }
}
