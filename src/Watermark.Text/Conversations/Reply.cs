using System.Globalization;
using Watermark.Text.Records;
using Watermark.Text.Screening;

namespace Watermark.Text.Conversations;

/// <summary>One reply of the model, with everything of its record that it may answer or repeat.</summary>
public sealed record Reply
{
    /// <summary>The id of its conversation; further replies of one conversation have <c>#2</c>, <c>#3</c>, … after it.</summary>
    public required string Id { get; init; }

    /// <summary>Where its record stands.</summary>
    public required RecordPlace Place { get; init; }

    /// <summary>What the model said; empty where <see cref="Tokens"/> is set.</summary>
    public required string Text { get; init; }

    /// <summary>The reasoning before it; null for none. It is no part of <see cref="Text"/>.</summary>
    public string? Reasoning { get; init; }

    /// <summary>Its token ids, each 0 or more, where the record holds ids.</summary>
    public int[]? Tokens { get; init; }

    /// <summary>The texts that it may repeat: the context of the conversation, then every turn before it, in order.</summary>
    public IReadOnlyList<string> PromptTexts { get; init; } = [];

    /// <summary>The same as token ids, a sequence for each turn.</summary>
    public IReadOnlyList<int[]> PromptTokens { get; init; } = [];

    /// <summary>Whether the record tells what the reply answers. Descriptions of tools, retrieved passages and system text alone do not.</summary>
    public required bool HasPrompt { get; init; }

    /// <summary>The shape that the record was recognised by.</summary>
    public required string Shape { get; init; }

    /// <summary>The reply's place among the turns of its conversation, from 0.</summary>
    public required int TurnIndex { get; init; }

    /// <summary>Tells whether other replies have the same prompt.</summary>
    internal PromptIdentity Prompt { get; init; }

    /// <summary>Whether it is a further sample for the prompt of another reply of its record.</summary>
    internal bool IsAlternative { get; init; }

    /// <summary>Reasoning and reply together, as a reader sees them.</summary>
    internal string WholeText => Reasoning is null ? Text : $"{Reasoning}\n{Text}";
}

/// <summary>The replies of conversations.</summary>
internal static class Replies
{
    /// <summary>Every turn of the assistant that says something and was not given with the prompt.</summary>
    /// <param name="conversation">The conversation.</param>
    public static IEnumerable<Reply> Of(Conversation conversation)
    {
        // The replies share the texts: each sees those up to its own turn.
        string[] texts = [.. conversation.Context, .. conversation.Turns.SelectMany(Said)];
        int[][] tokens = [.. conversation.Turns.Select(turn => turn.Tokens).OfType<int[]>()];
        int textsBefore = conversation.Context.Count, tokensBefore = 0, number = 0;
        bool asked = conversation.HasPrompt;
        PromptIdentity prompt = conversation.Context.Aggregate(PromptIdentity.None, (identity, text) => identity.With(text, isContext: true));
        for (int i = 0; i < conversation.Turns.Count; i++)
        {
            Turn turn = conversation.Turns[i];
            asked |= Asks(turn);
            if (turn.Role == Role.Assistant && !turn.IsGiven && Says(turn))
            {
                number++;
                yield return new Reply
                {
                    Id = number == 1 ? conversation.Id : string.Create(CultureInfo.InvariantCulture, $"{conversation.Id}#{number}"),
                    Place = conversation.Place,
                    Text = turn.Text,
                    Reasoning = turn.Reasoning,
                    Tokens = turn.Tokens,
                    PromptTexts = new ArraySegment<string>(texts, 0, textsBefore),
                    PromptTokens = new ArraySegment<int[]>(tokens, 0, tokensBefore),
                    HasPrompt = asked,
                    Prompt = prompt,
                    IsAlternative = conversation.IsAlternative,
                    Shape = conversation.Shape,
                    TurnIndex = i,
                };
            }

            if (turn.Role != Role.Assistant)
                prompt = turn.Tokens is null ? prompt.With(turn.Text) : prompt.With(turn.Tokens);
            textsBefore += Said(turn).Count();
            tokensBefore += turn.Tokens is null ? 0 : 1;
        }
    }

    /// <summary>Whether a turn holds more than white space.</summary>
    internal static bool Says(Turn turn) => turn.Tokens is { Length: > 0 } || !string.IsNullOrWhiteSpace(turn.Text);

    /// <summary>Whether a turn is a prompt: it is the user's, and its text is none that only stands in a prompt's place.</summary>
    internal static bool Asks(Turn turn) => turn.Role == Role.User && Says(turn) && (turn.Tokens is not null || !PromptText.SaysNothing(turn.Text));

    private static IEnumerable<string> Said(Turn turn)
    {
        if (!string.IsNullOrWhiteSpace(turn.Reasoning))
            yield return turn.Reasoning;
        if (!string.IsNullOrWhiteSpace(turn.Text))
            yield return turn.Text;
    }
}
