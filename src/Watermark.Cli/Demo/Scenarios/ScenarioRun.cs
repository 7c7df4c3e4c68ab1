using Watermark.Cli.Commands;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;

namespace Watermark.Cli.Demo.Scenarios;

/// <summary>Plays a scenario and shows both findings.</summary>
internal static class ScenarioRun
{
    /// <summary>The scenarios, each under the name of its method.</summary>
    public static IReadOnlyList<IDemoScenario> All { get; } =
    [
        new CanariesScenario(),
        new VariantsScenario(),
        new GhostPairsScenario(),
        new RelayScenario(),
        new EpochsScenario(),
        new NoveltyScenario(),
        new EqualityScenario(),
        new TraceScenario(),
        new PayloadScenario(),
        new WeightsScenario(),
        new TranscriptScenario(),
        new ProvenanceScenario(),
        new ReferenceRankScenario(),
    ];

    /// <summary>Plays a scenario.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="folder">The folder for its files.</param>
    /// <param name="seed">Its seed.</param>
    /// <param name="console">Where it is shown.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="InputFormatException">The folder holds files already.</exception>
    public static int Run(IDemoScenario scenario, string folder, ulong seed, ConsoleOutput console, CancellationToken cancellationToken)
    {
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
            throw new InputFormatException($"{folder} exists already and is not empty; name another folder with --out.");
        Directory.CreateDirectory(folder);
        console.WriteLine(scenario.Story);
        ScenarioOutcome outcome = scenario.Play(new ScenarioStage(folder, seed, console), cancellationToken);
        if (console.Json)
        {
            console.WriteJson(writer =>
            {
                writer.WriteStartObject();
                writer.WritePropertyName("guilty");
                FindingJson.Write(outcome.Guilty, writer);
                writer.WritePropertyName("innocent");
                FindingJson.Write(outcome.Innocent, writer);
                writer.WriteEndObject();
            });
        }

        console.WriteLine();
        FindingTable.Print([outcome.Guilty, outcome.Innocent], console);
        console.WriteLine();
        console.WriteLine("The same from the files:");
        foreach (string command in outcome.Commands)
            console.WriteLine($"  {Invocation.OfProcess()} {command}");
        return ExitCodes.Done;
    }
}
