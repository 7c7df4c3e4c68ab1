using Watermark.Forensics.Findings;

namespace Watermark.Cli.Demo.Scenarios;

/// <summary>
/// A small world with a guilty and an innocent model, on data made here, for one method. It writes its files into the folder
/// and gives the commands of the tool that lead to the same findings.
/// </summary>
internal interface IDemoScenario
{
    /// <summary>Its name: that of the method.</summary>
    string Name { get; }

    /// <summary>What happens in it, one sentence.</summary>
    string Story { get; }

    /// <summary>Plays it.</summary>
    /// <param name="stage">Where it takes place.</param>
    /// <param name="cancellationToken">Stops it.</param>
    ScenarioOutcome Play(ScenarioStage stage, CancellationToken cancellationToken);
}

/// <summary>How a scenario ended.</summary>
/// <param name="Guilty">The finding about the guilty model.</param>
/// <param name="Innocent">The finding about its innocent twin.</param>
/// <param name="Commands">Command lines of the tool, without its name, that give the same findings from the scenario's files.</param>
internal sealed record ScenarioOutcome(Finding Guilty, Finding Innocent, IReadOnlyList<string> Commands);
