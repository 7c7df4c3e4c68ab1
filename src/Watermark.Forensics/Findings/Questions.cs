namespace Watermark.Forensics.Findings;

/// <summary>The kinds of question that a finding answers, by the name that <see cref="Finding.Question"/> holds.</summary>
public static class Questions
{
    /// <summary>Was the suspect trained on text with the owner's mark?</summary>
    public const string Distillation = "distillation";

    /// <summary>Does the suspect give the keyed answers to the owner's secret questions?</summary>
    public const string Canaries = "canaries";

    /// <summary>Does the suspect lean to the variants that were served, out of several equally good ones?</summary>
    public const string Variants = "variants";

    /// <summary>Does the suspect lean to the served reply of each pair, against its twin that nobody saw?</summary>
    public const string GhostPairs = "ghost-pairs";

    /// <summary>Does the suspect agree with the owner's model more often than with every control? Supporting only.</summary>
    public const string Provenance = "provenance";

    /// <summary>Does an endpoint serve another model than the one it is compared with?</summary>
    public const string Equality = "equality";

    /// <summary>Does an endpoint forward requests to the owner's service right now?</summary>
    public const string Relay = "relay";

    /// <summary>In which epochs were the training data collected?</summary>
    public const string Epochs = "epochs";

    /// <summary>Do marks stand in contexts that were never served, which only live access to the key explains?</summary>
    public const string Novelty = "novelty";

    /// <summary>Which account, or which campaign of accounts, collected the training data?</summary>
    public const string Trace = "trace";

    /// <summary>Which payload does a text carry?</summary>
    public const string Payload = "payload";

    /// <summary>Were the suspect's weights copied from the owner's?</summary>
    public const string Weights = "weights";

    /// <summary>Does the suspect remember the order of the owner's training data?</summary>
    public const string Transcript = "transcript";

    /// <summary>Is an unmarked statistic of the suspect above those of all reference students? Supporting only.</summary>
    public const string ReferenceRank = "reference-rank";

    private static readonly (string Name, string Sentence)[] All =
    [
        (Distillation, "Do the suspect's outputs depend on the owner's key, that is, was the suspect trained on text that the owner's model wrote?"),
        (Canaries, "Does the suspect give the answers that the owner's key chose for the owner's questions?"),
        (Variants, "Does the suspect lean to the variants that the owner served, out of variants that were equally good?"),
        (GhostPairs, "Does the suspect lean to the replies that the owner served, against replies of the same model that nobody has seen?"),
        (Provenance, "Does the suspect answer as the owner's model does more often than it answers as any control does?"),
        (Equality, "Does the endpoint serve another model than the one it is compared with?"),
        (Relay, "Did the endpoint forward requests to the owner's service when its replies were collected?"),
        (Epochs, "In which periods did the owner's service write the text that the suspect was trained on?"),
        (Novelty, "Does the text carry the mark in contexts that the owner's service never served?"),
        (Trace, "Through which accounts did the owner's text reach the suspect?"),
        (Payload, "Which number does the text carry?"),
        (Weights, "Were the suspect's weights derived from the owner's?"),
        (Transcript, "Does the suspect remember the order in which the owner's model saw its training data?"),
        (ReferenceRank, "Is the suspect more like the owner's model than reference models that did not learn from it?"),
    ];

    /// <summary>The question as a sentence; a general one for a kind that is not known.</summary>
    /// <param name="name">The kind.</param>
    public static string SentenceOf(string name) =>
        All.FirstOrDefault(question => question.Name == name).Sentence ?? "What do the findings say about the suspect?";
}
