namespace Watermark.Forensics.Findings;

/// <summary>What a model is in a case.</summary>
public enum SubjectRole
{
    /// <summary>The model about which the question is asked.</summary>
    Suspect,

    /// <summary>A model known to be independent of the key.</summary>
    Control,
}

/// <summary>A suspect or a control that a plan names.</summary>
/// <param name="Name">Its name in the case: letters, digits, '.', '_' and '-', at most 64 of them, not first a '.' or '-'.</param>
/// <param name="Role">What it is.</param>
public sealed record PlannedSubject(string Name, SubjectRole Role)
{
    private const int LongestName = 64;

    /// <summary>The base address that is asked, such as <c>https://api.example.com/v1</c>; null where it is left open or files are imported.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The model's name there; null where it is left open.</summary>
    public string? Model { get; init; }

    /// <summary>Whether a name can stand in a case: it also names files.</summary>
    /// <param name="name">The name.</param>
    public static bool IsName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length is > 0 and <= LongestName && name[0] is not ('.' or '-') && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-');
    }

    /// <summary>A sentence on what is wrong with the subject, or null.</summary>
    public string? Fault()
    {
        if (!IsName(Name))
            return $"The field 'subjects' holds the name '{Name}'; letters, digits, '.', '_' and '-' were expected, at most {LongestName}.";
        return Endpoint is { } endpoint && !(Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https" && address.UserInfo.Length == 0)
            ? $"The field 'subjects' holds an endpoint of '{Name}' that is not an http or https address without a user name."
            : null;
    }
}

/// <summary>When a collection ends.</summary>
public enum StoppingKind
{
    /// <summary>At a number of replies of each subject, fixed before.</summary>
    Fixed,

    /// <summary>
    /// When the e-value of a suspect reaches the threshold of support or the one of no support, or at the largest number of
    /// replies. The e-value holds at any such time (Ville's inequality).
    /// </summary>
    Anytime,
}

/// <summary>When a collection ends.</summary>
/// <param name="Kind">The rule.</param>
/// <param name="Replies">Replies of each subject: the number for a fixed size, the largest number else. At least 1.</param>
public sealed record StoppingRule(StoppingKind Kind, long Replies)
{
    /// <summary>A sentence on what is wrong with the rule, or null.</summary>
    public string? Fault() => Replies >= 1 ? null : Words.Fault("stopping.replies", Replies, "a whole number from 1");
}
