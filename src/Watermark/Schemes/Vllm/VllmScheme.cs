using Watermark.Keys;
using Watermark.NGrams;

namespace Watermark.Schemes.Vllm;

/// <summary>What vLLM's native marks share: a 64-bit key, and contexts padded with −1 before the text.</summary>
public abstract record VllmScheme : ContextWidthScheme
{
    /// <summary>The widest context here; vLLM warns above 16.</summary>
    public const int MaximumContextWidth = 16;

    /// <summary>The token that vLLM puts before the text.</summary>
    public const int PaddingToken = -1;

    private static readonly SecretShape Shape =
        new([new SecretField("key", ulong.MinValue, ulong.MaxValue) { AsText = true, Published = [[0], [42]] }]);

    /// <summary>The help text of the context width.</summary>
    private protected const string WidthHelp = "tokens of context";

    private protected VllmScheme(int width)
        : base(width)
    {
    }

    /// <summary>h, tokens of context. <value>1 to 16.</value></summary>
    public new int ContextWidth
    {
        get => Width;
        init => Width = Within(value, 1, MaximumContextWidth, nameof(ContextWidth));
    }

    /// <inheritdoc/>
    public sealed override int? Padding => PaddingToken;

    /// <inheritdoc/>
    public sealed override SecretShape SecretShape => Shape;

    /// <summary>Each context once within a document, the padded ones too: vLLM's <c>deduplicate_contexts</c>.</summary>
    public override NGramSelection PublishedSelection => new()
    {
        Distinct = DistinctRule.Contexts,
        Scope = DistinctScope.Document,
        ExcludePromptContexts = false,
        Padding = PaddingToken,
    };

    private protected static ulong KeyOf(IntegerSecret secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        return (ulong)secret.Value("key");
    }
}
