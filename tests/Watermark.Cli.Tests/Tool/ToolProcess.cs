using System.Diagnostics;
using System.Text.Json;

namespace Watermark.Cli.Tests.Tool;

/// <summary>Runs the tool as its user does: a process of its own, with arguments, streams and an exit code.</summary>
internal sealed class ToolProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private ToolProcess(int exitCode, string output, string error)
    {
        ExitCode = exitCode;
        Output = output;
        Summary = [.. error.Split('\n').Where(IsSummary)];
        Error = WithoutSummary(error);
    }

    /// <summary>The tool's program.</summary>
    public static string Assembly { get; } = Path.Combine(AppContext.BaseDirectory, "Watermark.Cli.dll");

    public int ExitCode { get; }

    public string Output { get; }

    /// <summary>The error stream without <see cref="Summary"/>.</summary>
    public string Error { get; }

    /// <summary>The three lines that say what was read.</summary>
    public IReadOnlyList<string> Summary { get; }

    /// <summary>The output as JSON; the run must have ended well.</summary>
    public JsonElement Json
    {
        get
        {
            Assert.Equal((0, ""), (ExitCode, Error));
            using JsonDocument document = JsonDocument.Parse(Output);
            return document.RootElement.Clone();
        }
    }

    /// <summary>An error stream without the lines that say what was read.</summary>
    public static string WithoutSummary(string error) => string.Join('\n', error.Split('\n').Where(line => !IsSummary(line)));

    private static bool IsSummary(string line) => line.StartsWith("Read ", StringComparison.Ordinal) || line.StartsWith("Not read: ", StringComparison.Ordinal);

    public static ToolProcess Run(params string[] arguments) => Run(arguments, "");

    public static ToolProcess Run(string[] arguments, string input, params (string Name, string Value)[] environment)
    {
        using Process process = Start(arguments, environment);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"watermark {string.Join(' ', arguments)} did not end within {Patience}.");
        }

        return new ToolProcess(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    /// <summary>Starts the tool with all streams redirected.</summary>
    public static Process Start(string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Assembly);
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>The run must have refused its input: exit code 2, nothing on the output, one sentence that says what.</summary>
    public void AssertRefused(string words)
    {
        Assert.Equal(2, ExitCode);
        Assert.Empty(Output);
        Assert.Contains(words, Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
        Assert.Single(Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
