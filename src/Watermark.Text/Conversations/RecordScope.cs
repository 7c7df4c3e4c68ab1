namespace Watermark.Text.Conversations;

/// <summary>What the readers of one record's parts share.</summary>
/// <param name="counts">The counts of this record.</param>
internal sealed class RecordScope(MappingCounts counts)
{
    private readonly HashSet<Node> used = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Node> opened = new(ReferenceEqualityComparer.Instance);

    /// <summary>The counts of this record.</summary>
    public MappingCounts Counts => counts;

    /// <summary>Notes that a value became part of a turn, so that it is not taken as context too.</summary>
    public void Use(Node value) => used.Add(value);

    /// <summary>Notes that a text was read as the JSON that it is, so that only its parts can be context.</summary>
    public void Open(Node text) => opened.Add(text);

    /// <summary>Takes over what a trial noted, because its reading was chosen.</summary>
    public void Add(RecordScope trial)
    {
        used.UnionWith(trial.used);
        opened.UnionWith(trial.opened);
        Counts.Add(trial.Counts);
    }

    /// <summary>Whether a value became part of a turn.</summary>
    public bool IsUsed(Node value) => used.Contains(value);

    /// <summary>Whether a text was read as JSON.</summary>
    public bool IsOpened(Node text) => opened.Contains(text);
}
