namespace Watermark.Text.Records;

/// <summary>One record cannot be read: it is counted and left out, and the rest is read on.</summary>
internal sealed class RecordFault : Exception
{
    /// <summary>The code of a record that is not what its format says.</summary>
    public const string Unread = "unread-records";

    /// <summary>The code of a record in which a chosen field holds another role than the assistant's.</summary>
    public const string RoleMismatch = "role-mismatch";

    /// <summary>The code of a text in which a chat template stands that cannot be split with certainty.</summary>
    public const string TemplateInText = "template-in-text";

    public RecordFault()
    {
    }

    /// <param name="message">What is wrong, and what was expected.</param>
    public RecordFault(string message)
        : base(message)
    {
    }

    public RecordFault(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <param name="code">One of the codes above.</param>
    /// <param name="message">What is wrong, and what was expected.</param>
    public RecordFault(string code, string message)
        : base(message) =>
        Code = code;

    /// <summary>Why the record was left out.</summary>
    public string Code { get; } = Unread;
}
