using Watermark.Text.Records;

namespace Watermark.Text.Conversations;

/// <summary>The ids that records have.</summary>
internal static class RecordId
{
    /// <summary>The record's own id; null for none.</summary>
    /// <param name="record">The record.</param>
    /// <param name="name">The field that the user names; null for the usual names.</param>
    public static string? Find(Node record, string? name)
    {
        if (name is null)
            return Of(record["customid", "id", "uuid", "requestid", "conversationid", "messageid"]);
        var trail = new List<Node>();
        if (!record.TryFind(name, trail) || trail[^1].IsNull)
            return null;
        return Of(trail[^1]) ?? (trail[^1].Text is not null ? null : throw new RecordFault($"the field '{Names.Shown(name)}' is {trail[^1].Described}, expected a text or a number"));
    }

    private static string? Of(Node? value) => value?.Number ?? (string.IsNullOrWhiteSpace(value?.Text) ? null : value.Text);
}
