using System.CommandLine;
using Watermark.Cli.Terminal;
using Watermark.NGrams;
using Watermark.Text;

namespace Watermark.Cli.Commands;

/// <summary><c>watermark merge</c>: joins tables of n-grams.</summary>
internal static class MergeCommand
{
    private const string Help = """
        Joins tables made by 'extract' from parts of a corpus. The result is the same, byte for byte, as one table made
        from all of it, in whatever order. No key is needed.

        Examples:
          watermark merge --out all.ngrams part-*.ngrams
        """;

    public static Command Create()
    {
        var output = new Option<string>("--out") { HelpName = "FILE", Description = "The table to write.", Required = true };
        var inputs = CommonOptions.Inputs("Tables (.ngrams) made with the same tokenizer, context width and selection.");
        var json = CommonOptions.Json();
        var command = new Command("merge", HelpText.Flow(Help)) { output, inputs, json };
        command.SetAction((parse, cancellationToken) => CommonOptions.RunAsync(() =>
        {
            NGramTable? merged = null;
            foreach (string path in parse.GetValue(inputs)!)
            {
                cancellationToken.ThrowIfCancellationRequested();
                NGramTable table = CorpusLoader.ReadTable(path);
                try
                {
                    merged = merged is null ? table : NGramTable.Merge(merged, table);
                }
                catch (ArgumentException exception)
                {
                    throw new InputFormatException($"{path}: {exception.Message}", exception);
                }
            }

            string target = parse.GetValue(output)!;
            AtomicFile.Write(target, merged!.Write);
            TableReport.Write(target, merged, ConsoleOutput.ForProcess(parse.GetValue(json)));
            return Task.FromResult(ExitCodes.Done);
        }));
        return command;
    }
}
