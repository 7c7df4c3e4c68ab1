using System.Text;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;

namespace Watermark.Text.Tokenizers;

/// <summary>Byte-level byte-pair encoding by a list of merges, as GPT-2 does it.</summary>
internal sealed class ByteLevelCodec : TokenCodec
{
    private readonly BpeTokenizer tokenizer;
    private readonly ByteVocabulary vocabulary;

    /// <summary>Creates the codec.</summary>
    /// <param name="ids">The tokens, their bytes written as GPT-2 writes them, and their ids.</param>
    /// <param name="merges">The content of <c>merges.txt</c>: two tokens per line, in order of priority.</param>
    /// <param name="split">How text is cut into pieces first.</param>
    /// <param name="special">Ids that are not text.</param>
    /// <param name="name">The folder, for messages.</param>
    /// <exception cref="InputFormatException">The files contradict each other.</exception>
    public ByteLevelCodec(Dictionary<string, int> ids, byte[] merges, Regex split, SortedSet<int> special, string name)
    {
        Dictionary<char, byte> bytes = Bytes();
        byte[]?[] tokens = new byte[]?[ids.Values.Max() + 1];
        foreach ((string token, int id) in ids)
        {
            // Tokens with other characters are names such as '<mask>', which no text encodes to.
            if (!special.Contains(id) && token.All(bytes.ContainsKey))
                tokens[id] = [.. token.Select(character => bytes[character])];
        }

        foreach ((char character, byte value) in bytes)
        {
            if (!ids.ContainsKey(character.ToString()))
                throw new InputFormatException($"{name}: vocab.json has no token for the byte 0x{value:x2}; a byte-level vocabulary has all 256.");
        }

        vocabulary = new ByteVocabulary(tokens);
        tokenizer = BpeTokenizer.Create(new BpeOptions(ids)
        {
            Merges = Merges(merges, ids, name),
            ByteLevel = true,
            PreTokenizer = new RunePreTokenizer(split),
        });
    }

    public override int VocabularySize => vocabulary.Size;

    public override void Encode(ReadOnlySpan<char> text, IntBuffer ids) => ids.Append([.. tokenizer.EncodeToIds(text)]);

    public override string Decode(ReadOnlySpan<int> ids) => vocabulary.Decode(ids);

    private static List<string> Merges(byte[] file, Dictionary<string, int> ids, string name)
    {
        var merges = new List<string>();
        int number = 0;
        foreach (string raw in Encoding.UTF8.GetString(file).Split('\n'))
        {
            number++;
            string line = raw.TrimEnd('\r');
            if (line.Length == 0 || (number == 1 && line.StartsWith("#version", StringComparison.Ordinal)))
                continue;
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space <= 0 || space == line.Length - 1 || line.LastIndexOf(' ') != space)
                throw new InputFormatException($"{name}: merges.txt line {number}: expected two tokens and a space between them.");
            if (!ids.ContainsKey(line.Remove(space, 1)))
                throw new InputFormatException($"{name}: merges.txt line {number}: vocab.json does not have the token that the merge makes.");
            merges.Add(line);
        }

        return merges;
    }

    /// <summary>
    /// How GPT-2 writes bytes: printable Latin-1 bytes as themselves, the others, in order, as the characters from U+0100.
    /// </summary>
    private static Dictionary<char, byte> Bytes()
    {
        var bytes = new Dictionary<char, byte>();
        int next = 0x100;
        for (int value = 0; value < 256; value++)
        {
            bool printed = value is (>= '!' and <= '~') or (>= 0xa1 and <= 0xac) or (>= 0xae and <= 0xff);
            bytes.Add((char)(printed ? value : next++), (byte)value);
        }

        return bytes;
    }
}
