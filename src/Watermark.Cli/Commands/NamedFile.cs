namespace Watermark.Cli.Commands;

/// <summary>Reads a file so that an error about its content names it.</summary>
internal static class NamedFile
{
    /// <summary>Reads a file.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="path">The file's path, as the user named it.</param>
    /// <param name="read">Reads it.</param>
    /// <exception cref="InputFormatException">The content is not what was expected; the message begins with the path.</exception>
    public static T Read<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InputFormatException exception)
        {
            throw new InputFormatException($"{path}: {exception.Message}", exception);
        }
    }
}
