using Watermark.Forensics.Cases;

namespace Watermark.Cli.Demo;

/// <summary>
/// The demonstration's case: the same commands that a user gives, in the order in which a case is made, first what comes
/// before the data and then the rest.
/// </summary>
/// <param name="folder">The folder of the demonstration.</param>
/// <param name="keyPath">The key file.</param>
internal sealed class DemoCase(string folder, string keyPath)
{
    private readonly List<string> commands = [];

    /// <summary>The folder of the case.</summary>
    public string Path { get; } = System.IO.Path.Combine(folder, "case");

    /// <summary>The command lines that were run.</summary>
    public IReadOnlyList<string> Commands => commands;

    /// <summary>The files beside the case.</summary>
    public IReadOnlyList<string> Files => [Signer, Signer + ".pub", keyPath + ".opening", Prompts];

    private string Signer => System.IO.Path.Combine(folder, "signer.pem");

    private string Prompts => System.IO.Path.Combine(folder, "prompts.txt");

    /// <summary>Commits to the key and fixes the plan.</summary>
    /// <param name="suspect">The suspect's name.</param>
    /// <param name="control">The control's name.</param>
    /// <param name="prompts">What both will be asked.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public void Begin(string suspect, string control, IEnumerable<string> prompts, CancellationToken cancellationToken)
    {
        File.WriteAllLines(Prompts, prompts);
        Run(["signer", "--out", Signer], cancellationToken);
        Run(["commit", "--case", Path, "--key", keyPath], cancellationToken);
        Run(["plan", "--case", Path, "--key", keyPath, "--title", "The demonstration", "--suspect", suspect, "--control", control, "--prompts", Prompts, "--signer", Signer], cancellationToken);
    }

    /// <summary>Takes the replies of a subject into the case.</summary>
    /// <param name="subject">Its name in the plan.</param>
    /// <param name="replies">The file.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public void Import(string subject, string replies, CancellationToken cancellationToken) =>
        Run(["import", "--case", Path, "--name", subject, "--by", "the demonstration", replies], cancellationToken);

    /// <summary>Tests, seals and reports.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    public void End(CancellationToken cancellationToken)
    {
        Run(["verify", "--case", Path, "--key", keyPath, "--signer", Signer], cancellationToken);
        Run(["report", Path, "--signer", Signer], cancellationToken);
    }

    /// <summary>Removes the case of an earlier demonstration.</summary>
    public void DeleteEarlier()
    {
        foreach (string file in Files)
            File.Delete(file);
        if (File.Exists(new CaseFolder(Path).PathOf(CaseFiles.Plan)))
            Directory.Delete(Path, recursive: true);
    }

    private void Run(string[] arguments, CancellationToken cancellationToken) => commands.Add(ToolCall.Run(arguments, cancellationToken));
}
