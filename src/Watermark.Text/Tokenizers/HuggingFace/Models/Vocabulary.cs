using System.Text.Json;

namespace Watermark.Text.Tokenizers.HuggingFace.Models;

/// <summary>The tokens of a model and their ids.</summary>
/// <param name="ids">The id of every token.</param>
/// <param name="tokens">The token of every id.</param>
internal sealed class Vocabulary(Dictionary<string, int> ids, Dictionary<int, string> tokens)
{
    /// <summary>The id of every token.</summary>
    public Dictionary<string, int> Ids => ids;

    /// <summary>The token of every id.</summary>
    public Dictionary<int, string> Tokens => tokens;

    /// <summary>Reads an object of tokens and ids.</summary>
    /// <param name="setting">The object.</param>
    /// <exception cref="InputFormatException">A token or an id stands twice, or an id is out of range.</exception>
    public static Vocabulary Read(Setting setting)
    {
        if (setting.Value.ValueKind != JsonValueKind.Object)
            throw setting.Fault("expected an object of tokens and their ids");
        int count = setting.Value.GetPropertyCount();
        var ids = new Dictionary<string, int>(count, StringComparer.Ordinal);
        var tokens = new Dictionary<int, string>(count);
        foreach (JsonProperty member in setting.Value.EnumerateObject())
        {
            string token = SettingObject.NameOf(member, setting);
            if (member.Value.ValueKind != JsonValueKind.Number || !member.Value.TryGetInt32(out int id) || id is < 0 or >= Setting.IdLimit)
                throw setting.Fault($"expected an id from 0 to {Setting.IdLimit - 1} for the token '{token}'");
            if (!ids.TryAdd(token, id))
                throw setting.Fault($"has the token '{token}' twice");
            if (!tokens.TryAdd(id, token))
                throw setting.Fault($"gives the id {id} to '{tokens[id]}' and to '{token}'");
        }

        return new Vocabulary(ids, tokens);
    }

    /// <summary>The id of a token that a setting names.</summary>
    /// <param name="setting">The setting.</param>
    public int IdOf(Setting setting) =>
        ids.TryGetValue(setting.Text(), out int id) ? id : throw setting.Fault($"'{setting.Text()}' is not in the vocabulary");

    /// <summary>The ids of the tokens of bytes, <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>; -1 where there is none.</summary>
    public int[] ByteIds() =>
        [.. Enumerable.Range(0, 256).Select(value => ids.GetValueOrDefault($"<0x{value:X2}>", -1))];
}
