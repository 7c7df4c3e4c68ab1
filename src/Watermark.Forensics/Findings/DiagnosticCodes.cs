namespace Watermark.Forensics.Findings;

/// <summary>
/// The codes of all diagnostics. The meaning of a code never changes; the wording of its message may. A severity named here
/// is the usual one.
/// </summary>
public static class DiagnosticCodes
{
    /// <summary>Nothing was scored, so there is no evidence. Blocking.</summary>
    public const string NothingScored = "nothing-scored";

    /// <summary>
    /// The null that the numbers come from holds only approximately. The finding is then inconclusive. Warning.
    /// </summary>
    public const string ApproximateNull = "approximate-null";

    /// <summary>No null is known to hold for this total, and no random keys were requested. Blocking.</summary>
    public const string NoValidNull = "no-valid-null";

    /// <summary>Repetitions were counted more than once, so the theoretical null does not hold and random keys decide. Warning.</summary>
    public const string RepeatsCounted = "repeats-counted";

    /// <summary>The totals under random keys lie higher or wider than the theoretical null allows. Blocking where that null decides.</summary>
    public const string RandomKeysDisagree = "random-keys-disagree";

    /// <summary>A row limit kept a uniform sample of the rows. Note.</summary>
    public const string RowsSampled = "rows-sampled";

    /// <summary>The key is weak: published, of a small range or chosen by hand. Warning.</summary>
    public const string KeyWeak = "key-weak";

    /// <summary>The key's id is of an old version that does not cover all that decides bits. Warning.</summary>
    public const string KeyIdOld = "key-id-old";

    /// <summary>The key answers the public, and whoever asks a detector often enough can write its mark. Warning.</summary>
    public const string KeyCompliance = "key-compliance";

    /// <summary>
    /// Replies came without the prompts that they answer, so quoted prompts count as the suspect's text: there is no prompt,
    /// a placeholder, or one that very many replies share. Blocking.
    /// </summary>
    public const string PromptsMissing = "prompts-missing";

    /// <summary>Rows of the prompts were scored. Blocking.</summary>
    public const string PromptsScored = "prompts-scored";

    /// <summary>
    /// Replies repeat prompts: their own to its end and beyond, where the recorded prompt may have been cut, or those of
    /// other replies. Warning or blocking, depending on how much.
    /// </summary>
    public const string ReplyInPrompt = "reply-in-prompt";

    /// <summary>Records in which a chosen field holds another role than the assistant's were left out. Warning.</summary>
    public const string RoleMismatch = "role-mismatch";

    /// <summary>Texts in which a chat template stands that cannot be split with certainty were left out. Warning.</summary>
    public const string TemplateInText = "template-in-text";

    /// <summary>
    /// With a context width of 0, marked prompts make the total too small, in the suspect's favour. Warning.
    /// </summary>
    public const string PromptsBiasDown = "prompts-bias-down";

    /// <summary>Nothing shows that the replies were not chosen by their score before this test. Note.</summary>
    public const string SelectionUnrecorded = "selection-unrecorded";

    /// <summary>A part of the inputs was not read. Warning; the message says how much and why.</summary>
    public const string UnreadRecords = "unread-records";

    /// <summary>An input broke off (warning), or recorded prompts were cut (blocking above a share).</summary>
    public const string TruncatedInput = "truncated-input";

    /// <summary>
    /// The text has characters that hide or look like others (no-break spaces, zero width, look-alikes), which change token
    /// ids and so hide a mark. Warning.
    /// </summary>
    public const string InvisibleCharacters = "invisible-characters";

    /// <summary>One token returns so often that it looks inserted, which hides a mark. Warning.</summary>
    public const string InsertedTokens = "inserted-tokens";

    /// <summary>The same replies were given more than once. Note; the same file twice is refused.</summary>
    public const string DuplicateInput = "duplicate-input";

    /// <summary>
    /// The tokenizer is not the key's. Refused where the key says which tokenizer it marks; a note where it names only a
    /// file, which nothing can be compared with.
    /// </summary>
    public const string TokenizerMismatch = "tokenizer-mismatch";

    /// <summary>Anyone who has much text marked with the key can write text that carries the mark. Note.</summary>
    public const string SpoofingPossible = "spoofing-possible";

    /// <summary>No control, or none with enough text, was scored. Warning; blocking where the plan requires it.</summary>
    public const string ControlMissing = "control-missing";

    /// <summary>A control has too little text to show an effect like the suspect's, and counts as missing. Warning.</summary>
    public const string ControlUnderpowered = "control-underpowered";

    /// <summary>A control shows the signal too, so something other than training causes it. Blocking.</summary>
    public const string ControlShowsSignal = "control-shows-signal";

    /// <summary>A control and the suspect share an input. Blocking.</summary>
    public const string ControlIsSuspect = "control-is-suspect";

    /// <summary>No plan was fixed before the data. Note of a verdict.</summary>
    public const string NoPlan = "no-plan";

    /// <summary>
    /// What was done differs from the plan. Blocking where it could have made a conclusion easier to reach; a warning
    /// where it can only make one harder.
    /// </summary>
    public const string PlanDeviation = "plan-deviation";

    /// <summary>Nothing shows that the key existed before the data. Warning.</summary>
    public const string KeyOrder = "key-order";

    /// <summary>A record of the collection log was edited, removed, reordered or doubled. Blocking.</summary>
    public const string CustodyBroken = "custody-broken";

    /// <summary>The collection log is whole as far as it goes, but something in it must be judged by a reader. Warning.</summary>
    public const string CustodyIncomplete = "custody-incomplete";

    /// <summary>How many replies the collection log lists, and how many of them the test left out. Note, or warning where some were left out.</summary>
    public const string RepliesLeftOut = "replies-left-out";

    /// <summary>The false-positive rate of the whole procedure was not measured for this test. Note.</summary>
    public const string ErrorRateUnmeasured = "error-rate-unmeasured";

    /// <summary>More tests are counted than findings are shown; the missing ones count as p = 1 and e = 0. Note of a verdict.</summary>
    public const string FindingsMissing = "findings-missing";

    /// <summary>
    /// The null depends on which controls or references were chosen, so the finding can add to others and supports nothing
    /// alone: its outcome is inconclusive. Warning.
    /// </summary>
    public const string SupportingOnly = "supporting-only";

    /// <summary>The key of an epoch is not younger than the suspect, or its date is not stated: the suspect could have learned it. Blocking.</summary>
    public const string KeyNotYounger = "key-not-younger";

    /// <summary>How complete the log of served contexts is. Note; warning or blocking where sessions did not end as they should.</summary>
    public const string LogCoverage = "log-coverage";

    /// <summary>
    /// Replies of a model to the same prompt repeat, as at temperature 0 or from a cache, so they are no independent samples.
    /// Blocking; a warning where both models gave one and the same reply.
    /// </summary>
    public const string RepeatedReplies = "repeated-replies";

    /// <summary>Prompts of the design have no reply of the suspect: replies may have been chosen.</summary>
    public const string PromptsUnanswered = "prompts-unanswered";

    /// <summary>Prompts have more replies than the design asks for, as where files of two models were joined.</summary>
    public const string SurplusReplies = "surplus-replies";

    /// <summary>So few hidden units have a partner that a damaged checkpoint explains them.</summary>
    public const string FewUnitsPaired = "few-units-paired";

    /// <summary>Two models may share a start, which looks like a copy. Warning.</summary>
    public const string SharedStart = "shared-start";
}
