using System.CommandLine;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Cases;
using Watermark.NGrams;

namespace Watermark.Cli.Commands;

/// <summary><c>watermark merge</c>: joins samples.</summary>
internal static class MergeCommand
{
    private const string Help = """
        Joins samples made by 'extract' from parts of a corpus, in any order. The result is byte for byte the same as one
        sample made from the whole corpus. No key is needed, and memory does not grow with the samples.

        Examples:
          watermark merge --out all.ngrams part-*.ngrams
        """;

    public static Command Create()
    {
        var output = new Option<string>("--out") { HelpName = "FILE", Description = "The sample to write.", Required = true };
        var inputs = CommonOptions.Inputs("Samples (.ngrams) made with the same tokenizer, context width and selection.");
        var force = CommonOptions.Force();
        var json = CommonOptions.Json();
        var command = new Command("merge", HelpText.Flow(Help)) { output, force, inputs, json };
        command.SetAction((parse, cancellationToken) => CommonOptions.RunAsync(() =>
        {
            string[] paths = parse.GetValue(inputs)!;
            OutputFile target = OutputFile.Check(parse.GetValue(output)!, parse.GetValue(force), paths);
            RefuseTwice(paths, cancellationToken);
            SampleSummary? summary = null;
            target.Write(stream => summary = Merge(paths, stream, cancellationToken));
            SampleReport.Write(target, summary!, ConsoleOutput.ForProcess(parse.GetValue(json)));
            return Task.FromResult(ExitCodes.Done);
        }));
        return command;
    }

    private static SampleSummary Merge(string[] paths, Stream output, CancellationToken cancellationToken)
    {
        try
        {
            return Sample.Merge([.. paths.Select(path => (Func<Stream>)(() => Open(path)))], output);
        }
        catch (InputFormatException exception)
        {
            string where = exception.Data[Sample.InputIndex] is int index ? paths[index] : string.Join(", ", paths);
            throw new InputFormatException($"{where}: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            throw new InputFormatException($"{string.Join(", ", paths)}: {exception.Message}", exception);
        }

        FileStream Open(string path)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return File.OpenRead(path);
        }
    }

    /// <summary>Throws if two files hold the same bytes: samples of version 1 do not name their inputs.</summary>
    private static void RefuseTwice(string[] paths, CancellationToken cancellationToken)
    {
        var seen = new Dictionary<string, string>();
        foreach (string path in paths)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string digest = FileDigest.Of(path);
            if (!seen.TryAdd(digest, path))
                throw new InputFormatException($"{path}: the file holds the same bytes as {seen[digest]}, which would count twice.");
        }
    }
}
