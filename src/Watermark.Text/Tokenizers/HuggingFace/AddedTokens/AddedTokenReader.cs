using Watermark.Text.Tokenizers.HuggingFace.Models;

namespace Watermark.Text.Tokenizers.HuggingFace.AddedTokens;

/// <summary>Reads the <c>added_tokens</c> of a <c>tokenizer.json</c>.</summary>
internal static class AddedTokenReader
{
    /// <summary>Reads the tokens.</summary>
    /// <param name="setting">The list.</param>
    /// <param name="vocabulary">The tokens of the model.</param>
    /// <exception cref="InputFormatException">
    /// A setting is not supported, a token stands twice, or an id is not the one that the reference library gives.
    /// </exception>
    public static List<AddedToken> Read(Setting setting, Vocabulary vocabulary)
    {
        var tokens = new List<AddedToken>();
        var contents = new HashSet<string>(StringComparer.Ordinal);
        var ids = new HashSet<int>();
        int greatest = -1;
        foreach (Setting item in setting.Items())
        {
            SettingObject members = item.Object();
            Setting id = members.Required("id");
            Setting content = members.Required("content");
            var token = new AddedToken(
                id.Whole(),
                content.Text(),
                members.Required("special").Flag(),
                members.Required("normalized").Flag(),
                members.Required("single_word").Flag(),
                members.Required("lstrip").Flag(),
                members.Required("rstrip").Flag());
            members.Done();
            if (token.Content.Length == 0)
                throw content.Fault("expected text that is not empty");
            if (!contents.Add(token.Content))
                throw content.Fault($"'{token.Content}' stands twice");

            // The reference library does not take the id from the file: a token of the vocabulary keeps its id, and
            // others are counted on from the end. A file that says something else was written by hand.
            int expected = vocabulary.Ids.TryGetValue(token.Content, out int known) ? known : Math.Max(vocabulary.Ids.Count, greatest + 1);
            if (token.Id != expected)
                throw id.Fault($"is {token.Id}, but the reference library gives '{token.Content}' the id {expected}");
            if (!ids.Add(token.Id) || (vocabulary.Tokens.TryGetValue(token.Id, out string? other) && other != token.Content))
                throw id.Fault($"the id {token.Id} has another token");
            greatest = Math.Max(greatest, token.Id);
            tokens.Add(token);
        }

        return tokens;
    }
}
