using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Watermark.Cli.Terminal;

/// <summary>
/// Asks for a passphrase: typed at the terminal without echo, or taken from an environment variable that the user names. It
/// is never taken from an argument, which every user of the machine can see. The question goes to the error stream.
/// </summary>
internal sealed class PassphrasePrompt
{
    /// <summary>The option by which commands let the user name an environment variable.</summary>
    public const string EnvironmentOption = "--passphrase-env";

    /// <summary>The largest number of characters in a passphrase.</summary>
    public const int MaximumLength = 1024;

    private readonly Func<ConsoleKeyInfo>? readKey;
    private readonly TextWriter error;
    private readonly Func<string, string?> environment;

    /// <summary>Creates a prompt.</summary>
    /// <param name="readKey">Reads a key without echo, Ctrl-C included; null where there is no terminal.</param>
    /// <param name="error">The stream for the question.</param>
    /// <param name="environment">Reads an environment variable.</param>
    public PassphrasePrompt(Func<ConsoleKeyInfo>? readKey, TextWriter error, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(error);
        ArgumentNullException.ThrowIfNull(environment);
        this.readKey = readKey;
        this.error = error;
        this.environment = environment;
    }

    /// <summary>The prompt of this process.</summary>
    public static PassphrasePrompt ForProcess() =>
        new(Console.IsInputRedirected ? null : ReadTerminalKey, Console.Error, Environment.GetEnvironmentVariable);

    /// <summary>Reads a passphrase.</summary>
    /// <param name="question">The question, such as <c>Passphrase of owner.key</c>; a colon follows it.</param>
    /// <param name="environmentVariable">The variable that holds the passphrase, or null: ask at the terminal.</param>
    /// <param name="repeat">Whether the user types it twice, as for a new key; an environment variable is read once.</param>
    /// <returns>The passphrase, not empty. The caller erases it.</returns>
    /// <exception cref="InputFormatException">The variable is not set, there is no terminal, the two do not agree, or the passphrase is empty or too long.</exception>
    /// <exception cref="OperationCanceledException">The user pressed Ctrl-C.</exception>
    public char[] Read(string question, string? environmentVariable = null, bool repeat = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(question);
        if (environmentVariable is not null)
        {
            string value = environment(environmentVariable)
                ?? throw new InputFormatException($"The environment variable {Shown(environmentVariable)}, which should hold the passphrase, is not set.");
            return CheckLength(value.ToCharArray());
        }

        if (readKey is null)
            throw new InputFormatException($"A passphrase is needed and there is no terminal to ask at; name an environment variable that holds it with {EnvironmentOption} NAME.");
        char[] passphrase = CheckLength(Ask(question, readKey));
        if (!repeat)
            return passphrase;
        char[] second = Ask("Repeat the passphrase", readKey);
        bool agree = CryptographicOperations.FixedTimeEquals(Bytes(passphrase), Bytes(second));
        Erase(second);
        if (agree)
            return passphrase;
        Erase(passphrase);
        throw new InputFormatException("The two passphrases are not the same.");
    }

    /// <summary>Overwrites a passphrase with zeros.</summary>
    /// <param name="passphrase">The passphrase.</param>
    public static void Erase(Span<char> passphrase) => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(passphrase));

    /// <summary>Somebody may have given the passphrase itself; names of variables are upper-case.</summary>
    private static string Shown(string name) =>
        name.All(letter => char.IsAsciiLetterUpper(letter) || char.IsAsciiDigit(letter) || letter == '_') ? $"'{name}'" : "named there (not shown, since it may be the passphrase)";

    private static ReadOnlySpan<byte> Bytes(char[] passphrase) => MemoryMarshal.AsBytes(passphrase.AsSpan());

    private static char[] CheckLength(char[] passphrase)
    {
        if (passphrase.Length is > 0 and <= MaximumLength)
            return passphrase;
        bool empty = passphrase.Length == 0;
        Erase(passphrase);
        throw new InputFormatException(empty ? "The passphrase is empty." : $"The passphrase has more than {MaximumLength} characters.");
    }

    private char[] Ask(string question, Func<ConsoleKeyInfo> readKey)
    {
        error.Write(question + ": ");
        error.Flush();
        Span<char> typed = stackalloc char[MaximumLength + 1];
        int length = 0;
        try
        {
            while (true)
            {
                ConsoleKeyInfo key = readKey();
                if (key.Key == ConsoleKey.Enter || key.KeyChar is '\r' or '\n')
                    return typed[..length].ToArray();
                if (key.KeyChar == '\u0003' || (key.Key == ConsoleKey.C && key.Modifiers == ConsoleModifiers.Control))
                    throw new OperationCanceledException("The passphrase was not given.");
                if (key.Key == ConsoleKey.Backspace)
                    length = Math.Max(0, length - 1);
                else if (!char.IsControl(key.KeyChar) && length < typed.Length)
                    typed[length++] = key.KeyChar;
            }
        }
        finally
        {
            Erase(typed);
            error.WriteLine();
        }
    }

    /// <summary>Ctrl-C comes as a key, because a signal would leave the read blocked and the command running.</summary>
    private static ConsoleKeyInfo ReadTerminalKey()
    {
        bool before = Console.TreatControlCAsInput;
        Console.TreatControlCAsInput = true;
        try
        {
            return Console.ReadKey(intercept: true);
        }
        finally
        {
            Console.TreatControlCAsInput = before;
        }
    }
}
