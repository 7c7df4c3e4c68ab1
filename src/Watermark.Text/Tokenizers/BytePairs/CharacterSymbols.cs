using System.Text;

namespace Watermark.Text.Tokenizers.BytePairs;

/// <summary>
/// One token for every Unicode character, and for a character without token its bytes or an unknown token: models whose
/// merges are written in characters, such as Llama 2 and Gemma.
/// </summary>
internal sealed class CharacterSymbols : InitialSymbols
{
    private const int Missing = -1;

    private readonly int[] plane = new int[1 << 16];
    private readonly Dictionary<int, int> beyond = [];
    private readonly int[] bytes;
    private readonly bool someBytes;
    private readonly bool allBytes;
    private readonly int unknown;
    private readonly bool fuseUnknown;
    private MergeTable? crossings;

    /// <summary>Creates it.</summary>
    /// <param name="characters">The characters that have a token, with the token.</param>
    /// <param name="bytes">
    /// The token of byte <c>b</c> at index <c>b</c>, −1 where it has none, for models with byte fallback; empty for others.
    /// A character is written in bytes where all of its bytes have a token.
    /// </param>
    /// <param name="unknown">The token of other characters, or −1: they are left out.</param>
    /// <param name="fuseUnknown">Whether neighbouring unknown characters are one token.</param>
    public CharacterSymbols(IEnumerable<(Rune Character, int Token)> characters, ReadOnlySpan<int> bytes, int unknown, bool fuseUnknown)
    {
        Array.Fill(plane, Missing);
        foreach ((Rune character, int token) in characters)
        {
            if (character.IsBmp)
                plane[character.Value] = token;
            else
                beyond[character.Value] = token;
        }

        this.bytes = bytes.IsEmpty ? [.. Enumerable.Repeat(Missing, 256)] : bytes.ToArray();
        someBytes = this.bytes.Any(token => token != Missing);
        allBytes = this.bytes.All(token => token != Missing);
        this.unknown = unknown;
        this.fuseUnknown = fuseUnknown;
    }

    /// <summary>Lets pieces be cut where no merge reaches across.</summary>
    /// <param name="merges">The merges that follow.</param>
    public void CutFor(MergeTable merges)
    {
        // Where some bytes have no token, what comes before a character can depend on what is behind it.
        if (someBytes && !allBytes)
            return;
        crossings = MergeCrossings.Find(merges, plane.Concat(beyond.Values).Concat(bytes).Append(unknown));
    }

    public override void Append(ReadOnlySpan<char> piece, IntBuffer tokens)
    {
        int pending = 0; // Unknown characters that are not yet written.
        for (int i = 0; i < piece.Length;)
        {
            Rune character = At(piece, i, out int length);
            i += length;
            int token = Token(character);
            if (token != Missing)
            {
                Flush(ref pending, tokens);
                tokens.Add(token);
            }
            else if (!someBytes || !TryAppendBytes(character, tokens))
            {
                // In the reference an unknown character is written when the next one that is not written in bytes comes.
                if (!fuseUnknown)
                    Flush(ref pending, tokens);
                pending = 1;
            }
        }

        Flush(ref pending, tokens);
    }

    public override int PartEnd(ReadOnlySpan<char> piece, int start)
    {
        if (crossings is null)
            return piece.Length;
        Rune character = At(piece, start, out int length);
        int end = start + length;
        int left = Edge(character, last: true);
        while (end < piece.Length)
        {
            character = At(piece, end, out length);
            int token = Token(character);
            int right = token != Missing ? token : Edge(character, last: false);
            bool fused = fuseUnknown && left == unknown && right == unknown;
            // A character without any token is left out, and what stands around it meets.
            if (!fused && left != Missing && right != Missing && crossings.Find(left, right, out _) == MergeTable.None)
                return end;
            end += length;
            left = token != Missing ? token : Edge(character, last: true);
        }

        return end;
    }

    private static Rune At(ReadOnlySpan<char> text, int at, out int length)
    {
        char unit = text[at];
        if (!char.IsSurrogate(unit))
        {
            length = 1;
            return new Rune(unit);
        }

        Rune.DecodeFromUtf16(text[at..], out Rune character, out length);
        return character;
    }

    private int Token(Rune character) =>
        character.IsBmp ? plane[character.Value] : beyond.GetValueOrDefault(character.Value, Missing);

    /// <summary>The first or the last of the tokens that a character is written in.</summary>
    private int Edge(Rune character, bool last)
    {
        int token = Token(character);
        if (token != Missing)
            return token;
        if (!allBytes)
            return unknown;
        Span<byte> utf8 = stackalloc byte[4];
        int length = character.EncodeToUtf8(utf8);
        return bytes[utf8[last ? length - 1 : 0]];
    }

    private bool TryAppendBytes(Rune character, IntBuffer tokens)
    {
        Span<byte> utf8 = stackalloc byte[4];
        utf8 = utf8[..character.EncodeToUtf8(utf8)];
        foreach (byte value in utf8)
        {
            if (bytes[value] == Missing)
                return false;
        }

        foreach (byte value in utf8)
            tokens.Add(bytes[value]);
        return true;
    }

    private void Flush(ref int pending, IntBuffer tokens)
    {
        if (pending > 0 && unknown != Missing)
            tokens.Add(unknown);
        pending = 0;
    }
}
