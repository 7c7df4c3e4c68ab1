namespace Watermark;

/// <summary>
/// Input from outside (a key file, a sample, a document) does not have the format that was expected. The message is one
/// sentence a user can act on: what is wrong, where, and what was expected. It never contains secret material.
/// </summary>
public sealed class InputFormatException : FormatException
{
    /// <summary>Creates the exception with a generic message.</summary>
    public InputFormatException()
        : base("The input is malformed.")
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">One sentence: what, where, what was expected.</param>
    public InputFormatException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    /// <param name="message">One sentence: what, where, what was expected.</param>
    /// <param name="innerException">The cause; its message is not shown to users.</param>
    public InputFormatException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
