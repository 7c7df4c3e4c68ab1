namespace Watermark.Serving;

/// <summary>
/// This machine, runtime or build gives other bits than the library promises: text that it marked could not be verified
/// elsewhere. Do not serve.
/// </summary>
public sealed class SelfCheckException : Exception
{
    /// <summary>Creates the exception.</summary>
    public SelfCheckException()
        : base("The self-check of the watermark failed.")
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which check failed.</param>
    public SelfCheckException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which check failed.</param>
    /// <param name="innerException">What happened.</param>
    public SelfCheckException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
