using Watermark.Cli.Terminal;

namespace Watermark.Cli.Tests.Terminal;

public sealed class PassphrasePromptTests
{
    private readonly StringWriter error = new();

    [Fact]
    public void A_typed_passphrase_is_returned_and_not_echoed()
    {
        char[] passphrase = Terminal("horxx\b\bse ü\r").Read("Passphrase of owner.key");

        Assert.Equal("horse ü", new string(passphrase));
        Assert.Equal("Passphrase of owner.key: " + Environment.NewLine, error.ToString());
    }

    [Fact]
    public void A_new_passphrase_is_asked_twice()
    {
        Assert.Equal("abc", new string(Terminal("abc\rabc\r").Read("New passphrase", repeat: true)));
        Assert.Throws<InputFormatException>(() => Terminal("abc\rabd\r").Read("New passphrase", repeat: true));
    }

    [Fact]
    public void A_named_environment_variable_takes_the_place_of_the_terminal()
    {
        var prompt = new PassphrasePrompt(null, error, name => name == "OWNER_PASS" ? "secret words" : null);

        Assert.Equal("secret words", new string(prompt.Read("Passphrase", "OWNER_PASS", repeat: true)));
        Assert.Contains("OTHER", Assert.Throws<InputFormatException>(() => prompt.Read("Passphrase", "OTHER")).Message, StringComparison.Ordinal);
        Assert.Empty(error.ToString());
    }

    [Fact]
    public void Without_a_terminal_the_message_names_the_option() =>
        Assert.Contains(
            "--passphrase-env",
            Assert.Throws<InputFormatException>(() => new PassphrasePrompt(null, error, _ => null).Read("Passphrase")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void An_empty_or_endless_passphrase_is_refused()
    {
        Assert.Throws<InputFormatException>(() => Terminal("\r").Read("Passphrase"));
        Assert.Throws<InputFormatException>(() => Terminal(new string('a', PassphrasePrompt.MaximumLength + 1) + "\r").Read("Passphrase"));
        Assert.Equal(PassphrasePrompt.MaximumLength, Terminal(new string('a', PassphrasePrompt.MaximumLength) + "\r").Read("Passphrase").Length);
    }

    [Fact]
    public void Ctrl_C_cancels() =>
        Assert.Throws<OperationCanceledException>(() => Terminal("abc\u0003").Read("Passphrase"));

    private PassphrasePrompt Terminal(string typed)
    {
        int next = 0;
        return new PassphrasePrompt(
            () =>
            {
                char c = typed[next++];
                ConsoleKey key = c switch
                {
                    '\r' => ConsoleKey.Enter,
                    '\b' => ConsoleKey.Backspace,
                    _ => ConsoleKey.None,
                };
                return new ConsoleKeyInfo(c, key, false, false, c == '\u0003');
            },
            error,
            _ => null);
    }
}
