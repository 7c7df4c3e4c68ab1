using System.Text.Json;

namespace Watermark.Text.Tokenizers.HuggingFace;

/// <summary>
/// An object of settings. Every member must be asked for or be passed over by name: what nobody asked for is a setting that
/// this version does not know, and it might change ids.
/// </summary>
internal sealed class SettingObject
{
    private readonly Setting place;
    private readonly Dictionary<string, Setting> members = new(StringComparer.Ordinal);

    /// <summary>Takes the members of an object.</summary>
    /// <param name="place">The object.</param>
    /// <exception cref="InputFormatException">It is no object, or a name stands twice or is not valid text.</exception>
    public SettingObject(Setting place)
    {
        this.place = place;
        if (place.Value.ValueKind != JsonValueKind.Object)
            throw place.Fault("expected an object");
        foreach (JsonProperty member in place.Value.EnumerateObject())
        {
            string name = NameOf(member, place);
            if (!members.TryAdd(name, new Setting(member.Value, place.Path.Length == 0 ? name : $"{place.Path}.{name}", place.File)))
                throw place.Fault($"has the member '{name}' twice");
        }
    }

    /// <summary>Where the object stands.</summary>
    public Setting Place => place;

    /// <summary>The name of a member.</summary>
    /// <param name="member">The member.</param>
    /// <param name="of">The object it is of.</param>
    public static string NameOf(JsonProperty member, Setting of)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException error)
        {
            throw of.Fault("expected names of whole Unicode characters", error);
        }
    }

    /// <summary>Takes a member that may be missing or null.</summary>
    /// <param name="name">Its name.</param>
    public Setting? Optional(string name) =>
        members.Remove(name, out Setting value) && value.Value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>Takes a member that must be there.</summary>
    /// <param name="name">Its name.</param>
    public Setting Required(string name) => Optional(name) ?? throw place.Fault($"has no member '{name}'");

    /// <summary>Takes a member that is true or false.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="missing">What it is where it is missing or null.</param>
    public bool Flag(string name, bool missing) => Optional(name)?.Flag() ?? missing;

    /// <summary>Passes over members that change no id of a text.</summary>
    /// <param name="names">Their names.</param>
    public void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            members.Remove(name);
    }

    /// <summary>Refuses members that nobody asked for.</summary>
    public void Done()
    {
        foreach (Setting left in members.Values)
            throw left.Fault("is a setting that is not supported");
    }
}
