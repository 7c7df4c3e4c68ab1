using System.Text.Json;
using Watermark.Text.Tokenizers.BytePairs;

namespace Watermark.Text.Tokenizers.HuggingFace.Models;

/// <summary>Reads the merges of a byte-pair model.</summary>
internal static class MergeReader
{
    private const int ShortToken = 64;

    /// <summary>Reads a list of merges, each either a text of two tokens with a space between them or a list of two tokens.</summary>
    /// <param name="setting">The list; its order is that of priority.</param>
    /// <param name="vocabulary">The tokens.</param>
    /// <param name="prefix">What the right token of a merge begins with, which the merged one leaves out.</param>
    /// <exception cref="InputFormatException">A merge is something else, or of tokens that are not in the vocabulary.</exception>
    public static MergeTable Read(Setting setting, Vocabulary vocabulary, string prefix)
    {
        var builder = new MergeTable.Builder(setting.Value.ValueKind == JsonValueKind.Array ? setting.Value.GetArrayLength() : 0);
        var lookup = vocabulary.Ids.GetAlternateLookup<ReadOnlySpan<char>>();
        int rank = 0;
        foreach (Setting place in setting.Items())
        {
            JsonElement item = place.Value;
            if (item.ValueKind == JsonValueKind.Array)
            {
                if (item.GetArrayLength() != 2)
                    throw place.Fault("expected two tokens");
                Add(place.With(item[0]).Text(), place.With(item[1]).Text(), rank++, place);
                continue;
            }

            string text = place.Text();
            // The first line of merges.txt, which some files took over.
            if (text.StartsWith("#version", StringComparison.Ordinal))
                continue;
            int space = text.IndexOf(' ', StringComparison.Ordinal);
            if (space < 0 || text.LastIndexOf(' ') != space)
                throw place.Fault("expected two tokens and a space between them");
            Add(text[..space], text[(space + 1)..], rank++, place);
        }

        return builder.Build();

        void Add(string left, string right, int rank, Setting place)
        {
            if (!right.StartsWith(prefix, StringComparison.Ordinal))
                throw place.Fault($"the token '{right}' does not begin with '{prefix}'");
            // There are half a million of them, so the merged token is put together on the stack.
            Span<char> room = stackalloc char[ShortToken];
            int length = left.Length + right.Length - prefix.Length;
            Span<char> merged = length <= ShortToken ? room[..length] : new char[length];
            left.CopyTo(merged);
            right.AsSpan(prefix.Length).CopyTo(merged[left.Length..]);
            builder.Add(Id(left, place), Id(right, place), rank, Id(merged, place));
        }

        int Id(ReadOnlySpan<char> token, Setting place) =>
            lookup.TryGetValue(token, out int id) ? id : throw place.Fault($"the vocabulary does not have '{token}'");
    }
}
