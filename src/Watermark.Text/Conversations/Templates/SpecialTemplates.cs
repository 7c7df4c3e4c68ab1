using System.Buffers;
using System.Text.RegularExpressions;

namespace Watermark.Text.Conversations.Templates;

/// <summary>A chat template that marks roles with special tokens.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Header">What begins a turn; the group <c>role</c> says who speaks.</param>
/// <param name="Ends">What ends a turn, any of these.</param>
internal sealed record SpecialTemplate(string Name, Regex Header, string[] Ends)
{
    /// <summary>Whether text before the first header is the system's, as in the template of DeepSeek.</summary>
    public bool HasSystemBefore { get; init; }

    /// <summary>Whether a turn before the last may stand without its end.</summary>
    public bool IsEndOptional { get; init; }

    /// <summary>Whether white space at both ends of a turn belongs to the template.</summary>
    public bool IsTrimmed { get; init; }
}

/// <summary>The templates with special tokens, and the marks by which they are seen.</summary>
internal static partial class SpecialTemplates
{
    /// <summary>All templates. The first whose header occurs in a text is the one that is tried.</summary>
    public static readonly SpecialTemplate[] All =
    [
        new("ChatML", ChatMl(), ["<|im_end|>"]),
        new("Llama 3", Llama3(), ["<|eot_id|>", "<|eom_id|>", "<|end_of_text|>"]) { IsTrimmed = true },
        new("Llama 4", Llama4(), ["<|eot|>", "<|eom|>", "<|end_of_text|>"]) { IsTrimmed = true },
        new("Gemma", Gemma(), ["<end_of_turn>", "<eos>"]) { IsTrimmed = true },
        new("Granite", Granite(), ["<|end_of_text|>"]),
        new("Command R", CommandR(), ["<|END_OF_TURN_TOKEN|>"]),
        new("Harmony", Harmony(), ["<|end|>", "<|return|>", "<|call|>"]),
        new("DeepSeek", DeepSeek(), ["<｜end▁of▁sentence｜>"]) { HasSystemBefore = true, IsEndOptional = true },
        new("Phi and Zephyr", Phi(), ["<|end|>", "</s>", "<|endoftext|>"]) { IsEndOptional = true, IsTrimmed = true },
    ];

    /// <summary>Tokens that begin a text and say nothing.</summary>
    public static readonly string[] Beginnings = ["<s>", "<bos>", "<BOS_TOKEN>", "<|begin_of_text|>", "<|startoftext|>", "<|endoftext|>", "<｜begin▁of▁sentence｜>", "[gMASK]", "<sop>"];

    /// <summary>Tokens that end a text and say nothing.</summary>
    public static readonly string[] Endings =
    [
        "<|im_end|>", "</s>", "<|eot_id|>", "<|eom_id|>", "<|eot|>", "<|eom|>", "<|end|>", "<|return|>", "<|call|>", "<|endoftext|>", "<|end_of_text|>", "<end_of_turn>",
        "<eos>", "<pad>", "<|END_OF_TURN_TOKEN|>", "<EOS_TOKEN>", "<｜end▁of▁sentence｜>", "<|finetune_right_pad_id|>",
    ];

    // What every mark of a role begins with: a quick look before the patterns.
    private static readonly SearchValues<string> MarkBeginnings = SearchValues.Create(["<|", "<｜", "<<SYS", "<start_of_turn>", "[INST]", "[/INST]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]"], StringComparison.Ordinal);

    /// <summary>Whether a mark of a role by special tokens occurs, of whatever template.</summary>
    /// <param name="text">The text.</param>
    public static bool HasRoleMark(ReadOnlySpan<char> text) => MayHaveRoleMark(text) && RoleMark().IsMatch(text);

    /// <summary>Whether something occurs that could begin such a mark.</summary>
    /// <param name="text">The text.</param>
    public static bool MayHaveRoleMark(ReadOnlySpan<char> text) => text.ContainsAny(MarkBeginnings);

    [GeneratedRegex(@"<\|im_start\|>\s?(?<role>\w+)(?:[ ]name=\S+)?(?:\r?\n|<\|im_sep\|>)")]
    private static partial Regex ChatMl();

    [GeneratedRegex(@"<\|start_header_id\|>\s*(?<role>\w+)\s*<\|end_header_id\|>")]
    private static partial Regex Llama3();

    [GeneratedRegex(@"<\|header_start\|>\s*(?<role>\w+)\s*<\|header_end\|>")]
    private static partial Regex Llama4();

    [GeneratedRegex(@"<start_of_turn>\s?(?<role>\w+)\r?\n")]
    private static partial Regex Gemma();

    [GeneratedRegex(@"<\|start_of_role\|>(?<role>\w+)[^<\n]*<\|end_of_role\|>")]
    private static partial Regex Granite();

    [GeneratedRegex(@"<\|START_OF_TURN_TOKEN\|><\|(?<role>[A-Z]+)_TOKEN\|>")]
    private static partial Regex CommandR();

    [GeneratedRegex(@"<\|start\|>(?<role>[\w.]+)(?:[ ]to=[\w.]+)?(?:<\|channel\|>(?<channel>\w+)[^<\n]*)?(?:<\|constrain\|>\w+)?<\|message\|>")]
    private static partial Regex Harmony();

    [GeneratedRegex(@"<｜(?<role>User|Assistant)｜>")]
    private static partial Regex DeepSeek();

    [GeneratedRegex(@"<\|(?<role>system|user|assistant|tool|observation)\|>")]
    private static partial Regex Phi();

    [GeneratedRegex(@"<\|im_start\|>|<\|start_header_id\|>|<\|header_start\|>|<start_of_turn>|<\|start_of_role\|>|<\|START_OF_TURN_TOKEN\|>|<\|start\|>\w|<\|channel\|>\w|<｜(User|Assistant)｜>|<\|(system|user|assistant)\|>|\[/?INST\]|<<SYS>>|\[/?SYSTEM_PROMPT\]")]
    private static partial Regex RoleMark();
}
