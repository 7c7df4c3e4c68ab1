using System.Text;

namespace Watermark.Text.Tokenizers.HuggingFace.PreTokenizers;

/// <summary>When a prefix is put before a piece that does not begin with it.</summary>
internal enum PrependScheme
{
    /// <summary>Never.</summary>
    Never,

    /// <summary>Only where the piece is the beginning of the whole text.</summary>
    First,

    /// <summary>Always.</summary>
    Always,
}

/// <summary>Writes spaces as another character and puts that character before pieces.</summary>
/// <param name="replacement">What a space becomes, and the prefix.</param>
/// <param name="scheme">When the prefix is put.</param>
internal sealed class SpacePreTokenizer(string replacement, PrependScheme scheme) : PreTokenizer
{
    public override void Apply(PieceText text)
    {
        ReadOnlySpan<char> all = text.Text.Span;
        if (scheme == PrependScheme.Never && (replacement == " " || !all.Contains(' ')))
            return;
        var written = new StringBuilder(all.Length + 8);
        int oldLead = text.Lead;
        int lead = 0;
        foreach (Piece piece in text.Restart())
        {
            int start = written.Length;
            bool leads = piece.Start < oldLead;
            ReadOnlySpan<char> content = all[piece.Start..piece.End];
            bool begun = content[0] == ' ' || content.StartsWith(replacement, StringComparison.Ordinal);
            if (!begun && (scheme == PrependScheme.Always || (scheme == PrependScheme.First && leads)))
                written.Append(replacement);
            int prefix = written.Length;
            written.Append(content).Replace(" ", replacement, prefix, content.Length);
            if (leads)
                lead = piece.End <= oldLead ? written.Length : prefix + (oldLead - piece.Start);
            text.Add(start, written.Length);
        }

        text.Rewrite(written.ToString().AsMemory(), lead);
    }
}

/// <summary>Writes the bytes of every piece as the characters of byte-level vocabularies.</summary>
internal sealed class BytePreTokenizer : PreTokenizer
{
    public override void Apply(PieceText text)
    {
        ReadOnlySpan<char> all = text.Text.Span;
        var written = new StringBuilder(all.Length + 8);
        int oldLead = text.Lead;
        int lead = 0;
        foreach (Piece piece in text.Restart())
        {
            int start = written.Length;
            int leadEnd = Math.Clamp(oldLead, piece.Start, piece.End);
            written.Append(ByteCharacters.Write(all[piece.Start..leadEnd]));
            if (leadEnd > piece.Start)
                lead = written.Length;
            written.Append(ByteCharacters.Write(all[leadEnd..piece.End]));
            text.Add(start, written.Length);
        }

        text.Rewrite(written.ToString().AsMemory(), lead);
    }
}

/// <summary>Cuts pieces into parts of so many characters.</summary>
/// <param name="length">The number of characters.</param>
internal sealed class FixedLengthPreTokenizer(int length) : PreTokenizer
{
    public override void Apply(PieceText text)
    {
        ReadOnlySpan<char> all = text.Text.Span;
        foreach (Piece piece in text.Restart())
        {
            int start = piece.Start;
            int at = piece.Start;
            int count = 0;
            foreach (Rune rune in all[piece.Start..piece.End].EnumerateRunes())
            {
                at += rune.Utf16SequenceLength;
                if (++count % length == 0)
                {
                    text.Add(start, at);
                    start = at;
                }
            }

            text.Add(start, piece.End);
        }
    }
}
