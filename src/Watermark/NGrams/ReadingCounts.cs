namespace Watermark.NGrams;

/// <summary>
/// The names of the counts that a sample keeps about how its text was read (<see cref="SampleProvenance.Reading"/>). They
/// need no key, add up when samples are merged, and are what the guards of a finding judge.
/// </summary>
public static class ReadingCounts
{
    /// <summary>Tokens of replies that came without their prompt and stand in the sample.</summary>
    public const string TokensWithoutPrompt = "tokensWithoutPrompt";

    /// <summary>Replies that came without their prompt and were left out.</summary>
    public const string LeftOutWithoutPrompt = "leftOutWithoutPrompt";

    /// <summary>
    /// Replies whose prompt very many others have too, numbers in it aside: at least a fifth of all records, or a twentieth
    /// where it has at most three words. What they were really asked may not be recorded.
    /// </summary>
    public const string RepliesWithCommonPrompt = "repliesWithCommonPrompt";

    /// <summary>Replies that repeat the end of their prompt and go on, and were left out.</summary>
    public const string LeftOutGoingOn = "leftOutGoingOn";

    /// <summary>Replies whose prompt ends like a cut text, and which were left out.</summary>
    public const string LeftOutPromptCut = "leftOutPromptCut";

    /// <summary>Replies of one of these two kinds that stand in the sample because somebody vouched for the prompts.</summary>
    public const string KeptByWaiver = "keptByWaiver";

    /// <summary>Distinct prompt texts.</summary>
    public const string PromptTexts = "promptTexts";

    /// <summary>Distinct prompt texts of exactly the greatest length, where that length looks like a limit.</summary>
    public const string PromptTextsAtLimit = "promptTextsAtLimit";

    /// <summary>Words of replies.</summary>
    public const string Words = "words";

    /// <summary>Words of replies in runs of at least eight that stand in their own prompt.</summary>
    public const string WordsInOwnPrompt = "wordsInOwnPrompt";

    /// <summary>Distinct runs of eight words in replies, estimated.</summary>
    public const string Runs = "runs";

    /// <summary>Those that stand in the prompt of another reply and not in their own.</summary>
    public const string RunsInOtherPrompts = "runsInOtherPrompts";

    /// <summary>Characters of replies.</summary>
    public const string Characters = "characters";

    /// <summary>Characters that cannot be seen, where writing needs none.</summary>
    public const string InvisibleCharacters = "invisibleCharacters";

    /// <summary>Spaces other than U+0020 within Latin text.</summary>
    public const string OtherSpaces = "otherSpaces";

    /// <summary>Letters that look like Latin ones, in Latin words.</summary>
    public const string LookAlikes = "lookAlikes";

    /// <summary>Replies in which one token returns so often that it looks inserted.</summary>
    public const string RepliesWithInsertedTokens = "repliesWithInsertedTokens";

    /// <summary>Replies with a part of reasoning.</summary>
    public const string RepliesWithReasoning = "repliesWithReasoning";

    /// <summary>Turns of the assistant that say nothing, and are no replies.</summary>
    public const string EmptyReplies = "emptyReplies";

    /// <summary>Replies whose text and prompt another reply has too, estimated.</summary>
    public const string RepeatedReplies = "repeatedReplies";

    /// <summary>Streamed replies that ended without their last chunk.</summary>
    public const string UnfinishedReplies = "unfinishedReplies";

    /// <summary>Files, or entries of archives, that were not read.</summary>
    public const string SkippedFiles = "skippedFiles";

    /// <summary>Files that broke off.</summary>
    public const string TruncatedFiles = "truncatedFiles";

    /// <summary>The beginning of the names of counts of unread records, followed by the code of the reason.</summary>
    public const string UnreadPrefix = "unread:";
}
