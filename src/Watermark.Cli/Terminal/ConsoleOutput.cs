using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Watermark.Cli.Terminal;

/// <summary>
/// The tool's output. Results go to the standard output: coloured and as wide as the terminal, plain text if it is
/// redirected, and only one JSON document with <c>--json</c>. Progress and errors go to the error stream.
/// </summary>
internal sealed class ConsoleOutput
{
    /// <summary>Work that takes less time than this shows no progress bar.</summary>
    public static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(1);

    private const int RedirectedWidth = 120;
    private static readonly TimeSpan RefreshTime = TimeSpan.FromMilliseconds(100);

    private readonly TextWriter output;
    private readonly Func<Stream> openOutput;
    private readonly IAnsiConsole console;
    private readonly IAnsiConsole? progressConsole;
    private readonly bool redirected;

    /// <summary>Creates an output over given streams.</summary>
    /// <param name="output">The standard output.</param>
    /// <param name="openOutput">Opens the standard output as bytes, for JSON.</param>
    /// <param name="error">The error stream.</param>
    /// <param name="json">Whether the user asked for JSON.</param>
    /// <param name="outputRedirected">Whether the standard output is not a terminal.</param>
    /// <param name="errorRedirected">Whether the error stream is not a terminal.</param>
    /// <param name="columns">The width of redirected output in characters, at least 40; null for 120.</param>
    public ConsoleOutput(
        TextWriter output,
        Func<Stream> openOutput,
        TextWriter error,
        bool json,
        bool outputRedirected,
        bool errorRedirected,
        int? columns = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(openOutput);
        ArgumentNullException.ThrowIfNull(error);
        this.output = output;
        this.openOutput = openOutput;
        Error = error;
        Json = json;
        redirected = outputRedirected;
        console = CreateConsole(output, outputRedirected);
        if (outputRedirected)
            console.Profile.Width = Math.Max(40, columns ?? RedirectedWidth);
        if (!json && !outputRedirected && !errorRedirected)
            progressConsole = CreateConsole(error, redirected: false);
    }

    /// <summary>Whether the user asked for JSON: text for readers is then left out.</summary>
    public bool Json { get; }

    /// <summary>The error stream.</summary>
    public TextWriter Error { get; }

    /// <summary>Whether bars are shown: a terminal on both streams, and no JSON.</summary>
    public bool ShowsProgress => progressConsole is not null;

    /// <summary>
    /// The output of this process. The environment variable <c>COLUMNS</c> sets the width of redirected tables.
    /// </summary>
    /// <param name="json">Whether the user asked for JSON.</param>
    public static ConsoleOutput ForProcess(bool json)
    {
        int? columns = int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;
        return new ConsoleOutput(Console.Out, StandardStreams.OpenOutput, Console.Error, json, Console.IsOutputRedirected, Console.IsErrorRedirected, columns);
    }

    /// <summary>Writes one line of text: wrapped at words in a terminal, never wrapped where redirected, nothing with JSON.</summary>
    /// <param name="text">Plain text; square brackets are not markup.</param>
    public void WriteLine(string text = "")
    {
        if (Json)
            return;
        text = PlainText.Of(text);
        if (redirected)
            output.WriteLine(text);
        else
            console.WriteLine(text);
    }

    /// <summary>Writes a line of text to the error stream, with JSON too; wrapped at words where bars are shown.</summary>
    /// <param name="text">Plain text.</param>
    public void WriteError(string text)
    {
        if (progressConsole is null)
            Error.WriteLine(PlainText.Of(text));
        else
            progressConsole.WriteLine(PlainText.Of(text));
    }

    /// <summary>Writes a table or other graphics; nothing with JSON.</summary>
    /// <param name="picture">What to draw.</param>
    public void Write(IRenderable picture)
    {
        if (!Json)
            console.Write(picture);
    }

    /// <summary>Writes the JSON document of the command.</summary>
    /// <param name="write">Writes the document's one value.</param>
    public void WriteJson(Action<Utf8JsonWriter> write)
    {
        output.Flush();
        using Stream stream = openOutput();
        JsonOutput.Write(stream, write);
    }

    /// <summary>Does work off this thread and shows a bar once it takes more than a second.</summary>
    /// <typeparam name="T">The work's result.</typeparam>
    /// <param name="title">What is being done, a few words.</param>
    /// <param name="work">The work; reports the part done, 0 … 1, from any thread, or never.</param>
    /// <param name="cancellationToken">Handed to the work, which ends by throwing.</param>
    public T WithProgress<T>(string title, Func<IProgress<double>, CancellationToken, T> work, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(title);
        ArgumentNullException.ThrowIfNull(work);
        var latest = new LatestValue();
        if (progressConsole is null)
            return work(latest, cancellationToken);
        Task<T> task = Task.Run(() => work(latest, cancellationToken), CancellationToken.None);
        if (!Ended(task, QuietTime))
            ShowBar(progressConsole, title, task, latest);
        return task.GetAwaiter().GetResult();
    }

    private static void ShowBar(IAnsiConsole console, string title, Task task, LatestValue latest) =>
        console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask bar = context.AddTask(Markup.Escape(title), maxValue: 1);
                do
                {
                    bar.IsIndeterminate = latest.Value <= 0;
                    bar.Value = latest.Value;
                }
                while (!Ended(task, RefreshTime));
            });

    /// <summary>Waits without rethrowing exceptions of the task.</summary>
    private static bool Ended(Task task, TimeSpan time) => Task.WaitAny([task], time) == 0;

    private static IAnsiConsole CreateConsole(TextWriter writer, bool redirected) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
        ColorSystem = redirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
        Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
        Out = new AnsiConsoleOutput(writer),
    });

    /// <summary>Keeps the last report; nothing is drawn by the reporting thread.</summary>
    private sealed class LatestValue : IProgress<double>
    {
        private double value;

        public double Value => Volatile.Read(ref value);

        public void Report(double value) => Volatile.Write(ref this.value, value);
    }
}
