using Watermark.Cli.Terminal;

namespace Watermark.Cli.Tests.Terminal;

public sealed class CommandRunnerTests
{
    public static TheoryData<Exception, string> BadInputs => new()
    {
        { new InputFormatException("The key file 'a' is empty."), "The key file 'a' is empty." },
        { new FileNotFoundException("Could not find file '/a'."), "Could not find file '/a'." },
        { new DirectoryNotFoundException("Could not find a part of the path '/a/b'."), "Could not find a part of the path '/a/b'." },
        { new UnauthorizedAccessException("Access to the path '/a' is denied."), "Access to the path '/a' is denied." },
        { new IOException("No space left on device"), "No space left on device." },
        { new ArgumentException("Gamma must be a fraction.", "gamma"), "Gamma must be a fraction." },
        { new ArgumentOutOfRangeException("delta", -1, "Delta must lie between 0 and 20."), "Delta must lie between 0 and 20." },
        { new AggregateException(new OperationCanceledException(), new InputFormatException("Line 3 is no JSON.")), "Line 3 is no JSON." },
    };

    [Fact]
    public void The_code_of_the_command_is_kept()
    {
        var error = new StringWriter();

        Assert.Equal(0, CommandRunner.Run(() => ExitCodes.Done, error));
        Assert.Equal(5, CommandRunner.Run(() => 5, error));
        Assert.Empty(error.ToString());
    }

    [Theory]
    [MemberData(nameof(BadInputs), DisableDiscoveryEnumeration = true)]
    public void Bad_input_is_code_2_and_one_sentence(Exception exception, string sentence)
    {
        var error = new StringWriter();

        Assert.Equal(2, CommandRunner.Run(() => throw exception, error));
        Assert.Equal(sentence + Environment.NewLine, error.ToString());
    }

    [Fact]
    public async Task Ctrl_C_is_code_130()
    {
        var error = new StringWriter();
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();

        int code = await CommandRunner.RunAsync(
            async () =>
            {
                await Task.Delay(Timeout.Infinite, cancellation.Token);
                return 0;
            },
            error);

        Assert.Equal(130, code);
        Assert.Equal("Cancelled." + Environment.NewLine, error.ToString());
    }

    [Fact]
    public void An_unexpected_failure_is_code_70_and_does_not_quote_what_it_read()
    {
        var error = new StringWriter();

        Assert.Equal(ExitCodes.InternalError, CommandRunner.Run(() => throw new FormatException("The input string 'hunter2' was not in a correct format."), error, debug: false));
        Assert.Equal(ExitCodes.InternalError, CommandRunner.Run(() => throw new ArgumentNullException("hunter2"), error, debug: false));
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("Internal error (FormatException); set WATERMARK_DEBUG=1 to see where.", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Debugging_shows_an_unexpected_failure_whole()
    {
        var error = new StringWriter();

        Assert.Equal(ExitCodes.InternalError, CommandRunner.Run(() => throw new InvalidOperationException("Inside."), error, debug: true));
        Assert.Contains("Inside.", error.ToString(), StringComparison.Ordinal);
        Assert.Contains(nameof(Debugging_shows_an_unexpected_failure_whole), error.ToString(), StringComparison.Ordinal);
    }
}
