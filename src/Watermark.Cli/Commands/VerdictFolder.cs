using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;

namespace Watermark.Cli.Commands;

/// <summary>The files that <c>verify --out</c> writes: the samples, and the verdict last, so that a verdict is never alone.</summary>
/// <param name="folder">The folder; null to write nothing.</param>
/// <param name="force">Whether files that are there are replaced.</param>
/// <param name="texts">The suspects and controls.</param>
/// <param name="others">What else is read.</param>
/// <param name="readings">Whether each reading of a text is normalised.</param>
internal sealed class VerdictFolder(string? folder, bool force, IReadOnlyList<string> texts, IReadOnlyList<string> others, IReadOnlyList<bool> readings)
{
    /// <summary>The verdict's file.</summary>
    public const string VerdictName = "verdict.json";

    /// <summary>Checks the files that will be written, before the work.</summary>
    public void Check()
    {
        if (folder is null)
            return;
        IEnumerable<string> samples = texts.Where(text => !SampleLoader.IsSample(text)).SelectMany(_ => readings, SampleSource.FileName);
        foreach (string name in samples.Distinct().Prepend(VerdictName))
            File(name);
    }

    /// <summary>Writes the files and says so.</summary>
    /// <param name="files">Names and contents, in order.</param>
    /// <param name="console">Where it is said.</param>
    public void Write(IReadOnlyList<(string Name, Action<Stream> Content)> files, ConsoleOutput console)
    {
        if (folder is null)
            return;
        OutputFile[] targets = [.. files.Select(file => File(file.Name))];
        foreach ((OutputFile target, (_, Action<Stream> content)) in targets.Zip(files))
        {
            target.Write(content);
            console.WriteLine($"Wrote {target.Path}");
        }
    }

    private OutputFile File(string name) => OutputFile.Check(Path.Combine(folder!, name), force, [.. texts, .. others]);
}
