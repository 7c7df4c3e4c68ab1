namespace Watermark.Text.Documents;

/// <summary>One record of a file is malformed: caught by its format, counted, never seen outside.</summary>
internal sealed class RecordFault : Exception
{
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
}
