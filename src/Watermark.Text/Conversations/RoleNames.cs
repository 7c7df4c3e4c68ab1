using System.Collections.Frozen;

namespace Watermark.Text.Conversations;

/// <summary>The names that files and chat templates give to those who speak.</summary>
internal static class RoleNames
{
    private static readonly FrozenDictionary<string, Role> Roles = new Dictionary<string, Role>
    {
        ["system"] = Role.System,
        ["developer"] = Role.System,
        ["systemmessage"] = Role.System,
        ["user"] = Role.User,
        ["human"] = Role.User,
        ["humanmessage"] = Role.User,
        ["usermessage"] = Role.User,
        ["prompter"] = Role.User,
        ["customer"] = Role.User,
        ["client"] = Role.User,
        ["assistant"] = Role.Assistant,
        ["assistantmessage"] = Role.Assistant,
        ["aimessage"] = Role.Assistant,
        ["gpt"] = Role.Assistant,
        ["chatgpt"] = Role.Assistant,
        ["gpt4"] = Role.Assistant,
        ["bing"] = Role.Assistant,
        ["bard"] = Role.Assistant,
        ["claude"] = Role.Assistant,
        ["gemini"] = Role.Assistant,
        ["model"] = Role.Assistant,
        ["ai"] = Role.Assistant,
        ["bot"] = Role.Assistant,
        ["chatbot"] = Role.Assistant,
        ["tool"] = Role.Tool,
        ["tools"] = Role.Tool,
        ["toolmessage"] = Role.Tool,
        ["function"] = Role.Tool,
        ["functioncall"] = Role.Tool,
        ["functionresponse"] = Role.Tool,
        ["functionresult"] = Role.Tool,
        ["toolcall"] = Role.Tool,
        ["toolresponse"] = Role.Tool,
        ["toolresult"] = Role.Tool,
        ["observation"] = Role.Tool,
        ["ipython"] = Role.Tool,
        ["environment"] = Role.Tool,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The role of a name, whatever its case.</summary>
    public static bool TryGet(string name, out Role role) => Roles.TryGetValue(Names.Key(name), out role);

    /// <summary>Whether a turn of this name is the model's call of a tool: written by it, but no text of a reply.</summary>
    public static bool IsCall(string name) => Names.Key(name) is "functioncall" or "toolcall";
}
