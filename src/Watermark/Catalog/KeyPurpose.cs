namespace Watermark.Catalog;

/// <summary>
/// What a key is for. One key must not serve both: whoever may ask a public detector without limit learns which texts score
/// high under its key, and can then write such texts.
/// </summary>
public enum KeyPurpose
{
    /// <summary>Tests whether a suspect was trained on marked text; only the owner and the owner's experts use it.</summary>
    Forensic,

    /// <summary>Answers the public whether a text was generated, as the law asks of providers.</summary>
    Compliance,
}

/// <summary>The words for purposes in key files and on command lines.</summary>
public static class KeyPurposes
{
    /// <summary>All words.</summary>
    public static IReadOnlyList<string> Names { get; } = ["forensic", "compliance"];

    /// <summary>The word for a purpose.</summary>
    /// <param name="purpose">The purpose.</param>
    public static string NameOf(KeyPurpose purpose) => Names[(int)purpose];

    /// <summary>The purpose that a word means; null for any other word.</summary>
    /// <param name="name">The word; case matters.</param>
    public static KeyPurpose? Find(string name) => name == Names[0] ? KeyPurpose.Forensic : name == Names[1] ? KeyPurpose.Compliance : null;
}
