using System.CommandLine;
using Watermark.Cli.Demo;
using Watermark.Cli.Demo.Scenarios;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Findings;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Schemes.Native;

namespace Watermark.Cli.Commands;

/// <summary><c>watermark demo</c>: a distilled model is caught and an innocent one cleared, on this machine.</summary>
internal static class DemoCommand
{
    private const string Help = """
        Shows everything in one minute: trains a small language model on English text, serves replies marked with a fresh
        key, trains a suspect on them and an innocent model on unmarked replies, collects replies of both, and verifies
        each. Writes the key and the replies into a folder and prints the commands that write the verdicts.

        Examples:
          watermark demo
          watermark demo --out out/demo --seed 1 --text my-texts/
        """;

    public static Command Create()
    {
        var output = new Option<string>("--out") { HelpName = "DIR", Description = "The folder for the files.", DefaultValueFactory = _ => "watermark-demo" };
        var seed = new Option<ulong?>("--seed") { HelpName = "N", Description = "Repeat this run exactly. The key is then drawn from the seed; use it only for the demonstration." };
        var text = new Option<string?>("--text") { HelpName = "DIR", Description = "A folder of .txt files to learn from, instead of the .NET SDK's reference documentation." };
        var scenario = new Option<string>("--scenario") { HelpName = "NAME", Description = "Show another method, on a model that did what is asked about and an innocent twin.", DefaultValueFactory = _ => Questions.Distillation };
        scenario.AcceptOnlyFromAmong([Questions.Distillation, .. ScenarioRun.All.Select(one => one.Name)]);
        var json = CommonOptions.Json();
        var command = new Command("demo", HelpText.Flow(Help)) { scenario, output, seed, text, json };
        command.SetAction((parse, cancellationToken) => CommonOptions.RunAsync(() =>
        {
            if (ScenarioRun.All.FirstOrDefault(one => one.Name == parse.GetValue(scenario)) is { } other)
            {
                if (parse.GetValue(text) is not null)
                    throw new InputFormatException($"--text does not go with --scenario {other.Name}, which makes its own text.");
                string folder = parse.GetResult(output) is { Implicit: false } ? parse.GetValue(output)! : $"{parse.GetValue(output)}-{other.Name}";
                return Task.FromResult(ScenarioRun.Run(other, folder, parse.GetValue(seed) ?? 1, ConsoleOutput.ForProcess(parse.GetValue(json)), cancellationToken));
            }

            RandomBits keySource = parse.GetValue(seed) is { } chosen ? new SeededRandomBits(chosen, KeyStream) : RandomBits.System;
            ulong runSeed = parse.GetValue(seed) ?? RandomBits.System.NextUInt64();
            var scheme = new GreenListScheme();
            var run = new DemoRun(parse.GetValue(output)!, runSeed, ConsoleOutput.ForProcess(parse.GetValue(json)));
            using WatermarkSecret secret = scheme.DrawSecret(keySource);
            return Task.FromResult(run.Run(scheme, secret, parse.GetValue(text), cancellationToken));
        }));
        return command;
    }

    /// <summary>The stream of the seed that gives the key; the scenario uses others.</summary>
    private const ulong KeyStream = ulong.MaxValue;
}
