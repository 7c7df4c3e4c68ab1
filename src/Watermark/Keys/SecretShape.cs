namespace Watermark.Keys;

/// <summary>One member of an <see cref="IntegerSecret"/>: an integer, or a list of integers.</summary>
/// <param name="Name">The member's name in the key file's <c>secret</c> object.</param>
/// <param name="Minimum">Smallest value allowed.</param>
/// <param name="Maximum">Largest value allowed; fresh secrets are drawn uniformly from the whole range.</param>
public sealed record SecretField(string Name, Int128 Minimum, Int128 Maximum)
{
    /// <summary>The most integers a list has.</summary>
    public const int MaximumListLength = 256;

    /// <summary>Whether the member is a list. <value>Default false.</value></summary>
    public bool IsList { get; init; }

    /// <summary>How many integers a fresh list has; at least 1. <value>Default 1.</value></summary>
    public int DrawnLength { get; init; } = 1;

    /// <summary>The value of a member that is missing, never drawn; null where it must be given. <value>Default null.</value></summary>
    public Int128? Default { get; init; }

    /// <summary>
    /// Whether the member is always written as a decimal string, even a small value. <value>Default false.</value>
    /// </summary>
    public bool AsText { get; init; }

    /// <summary>Values that others also use: published defaults and examples. For a list, whole lists.</summary>
    public IReadOnlyList<IReadOnlyList<Int128>> Published { get; init; } = [];
}

/// <summary>The members of a scheme's <see cref="IntegerSecret"/>, in their canonical order.</summary>
/// <param name="Fields">At least one member.</param>
public sealed record SecretShape(IReadOnlyList<SecretField> Fields)
{
    /// <summary>The member with a name.</summary>
    /// <param name="name">The member's name.</param>
    /// <exception cref="ArgumentException">There is no such member.</exception>
    public int IndexOf(string name)
    {
        for (int i = 0; i < Fields.Count; i++)
        {
            if (Fields[i].Name == name)
                return i;
        }

        throw new ArgumentException($"The secret has no member '{name}'.", nameof(name));
    }
}
