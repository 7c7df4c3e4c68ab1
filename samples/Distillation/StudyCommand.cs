using System.CommandLine;
using System.Globalization;
using Distillation.Experiment;
using Distillation.Fingerprints;
using Distillation.Training;
using Watermark.SampleText;

namespace Distillation;

/// <summary>The command line: a preset, or every combination of the values given.</summary>
internal static class StudyCommand
{
    public static RootCommand Create()
    {
        var preset = new Option<string?>("--preset") { Description = "quick: four students, about ten minutes. full: all shares, widths, attacks and designs, hours." };
        preset.AcceptOnlyFromAmong(Presets.Quick, Presets.Full);
        Option<int[]> widths = Many("--context-width", "h of the mark.", 1);
        Option<double[]> deltas = Many("--delta", "Bias of the mark.", Presets.Delta);
        Option<double[]> shares = Many("--share", "Per cent of marked text in the student's replies; 0 is a control.", 100.0, 0);
        Option<Architecture[]> architectures = Many("--architecture", "Same (as the teacher), Deeper or Gru.", Architecture.Same);
        Option<double[]> noises = Many("--noise", "Per cent of training tokens replaced at random, a crude paraphrase.", 0.0);
        Option<int[]> cleanSteps = Many("--clean-steps", "Steps of training on clean text afterwards.", 0);
        Option<double[]> temperatures = Many("--temperature", "Temperature of the suspect's replies.", 1.0);
        Option<Weighting[]> weightings = Many("--weighting", "None (distinct n-grams), Filter (contexts of the owner's text), Weights or Comparison (with the owner's model).", Enum.GetValues<Weighting>());
        var mode = new Option<string>("--mode") { Description = "text, reading or both.", DefaultValueFactory = _ => "both" };
        mode.AcceptOnlyFromAmong("text", "reading", "both");
        var sizes = new Sizes();
        Option<int> teacherSteps = One("--teacher-steps", "Training steps of the teacher.", sizes.TeacherSteps);
        Option<int> studentSteps = One("--student-steps", "Training steps of a student.", sizes.StudentSteps);
        Option<int> served = One("--served-tokens", "Tokens of replies a student is trained on.", sizes.ServedTokens);
        Option<int> collected = One("--collected-tokens", "Tokens of a suspect's replies.", sizes.CollectedTokens);
        Option<ulong[]> seeds = Many("--seed", "Seeds of everything, the key included; the study is made once for each.", 2UL);
        Option<int> compared = One("--compared-tokens", "Tokens of unmarked replies on which a suspect is compared with the owner's model.", sizes.ComparedTokens);
        Option<bool> needed = One("--tokens-needed", "Whether to ask how many tokens are enough for p = 1e-6.", true);
        Option<int> threads = One("--threads", "Threads.", Environment.ProcessorCount);
        Option<string> output = One("--out", "Folder of the CSV file and the figure.", "out");
        var cache = new Option<string?>("--cache") { Description = "Folder that keeps trained weights for the next run." };
        var text = new Option<string?>("--text") { Description = "Folder of .txt files to learn from, instead of the .NET SDK's reference documentation." };
        var root = new RootCommand("Distils students from a teacher that marks its replies, and tests what of the mark they kept.")
        {
            preset, widths, deltas, shares, architectures, noises, cleanSteps, temperatures, weightings, mode,
            teacherSteps, studentSteps, served, collected, compared, needed, seeds, threads, output, cache, text,
            FingerprintStudy.Create(),
        };
        root.SetAction((parse, cancellationToken) =>
        {
            IReadOnlyList<Case> cases = parse.GetValue(preset) is { } name
                ? Presets.Cases(name)
                : [.. from width in parse.GetValue(widths)!
                      from delta in parse.GetValue(deltas)!
                      from architecture in parse.GetValue(architectures)!
                      from noise in parse.GetValue(noises)!
                      from clean in parse.GetValue(cleanSteps)!
                      from share in parse.GetValue(shares)!
                      from temperature in parse.GetValue(temperatures)!
                      select new Case(width, delta, new StudentPlan { Architecture = architecture, Share = share / 100, Noise = noise / 100, CleanSteps = clean }, temperature)];
            Run(new StudyOptions
            {
                Name = parse.GetValue(preset) ?? "sweep",
                Cases = cases,
                Text = parse.GetValue(mode) != "reading",
                Reading = parse.GetValue(mode) != "text",
                Weightings = parse.GetValue(weightings)!,
                Sizes = sizes with
                {
                    TeacherSteps = parse.GetValue(teacherSteps),
                    StudentSteps = parse.GetValue(studentSteps),
                    ServedTokens = parse.GetValue(served),
                    CollectedTokens = parse.GetValue(collected),
                    ComparedTokens = parse.GetValue(compared),
                },
                FirstPassages = parse.GetValue(needed),
                Threads = parse.GetValue(threads),
                Output = parse.GetValue(output)!,
                Cache = parse.GetValue(cache),
                TextFolder = parse.GetValue(text),
            }, parse.GetValue(seeds)!, cancellationToken);
            return Task.CompletedTask;
        });
        return root;
    }

    private static void Run(StudyOptions options, ulong[] seeds, CancellationToken cancellationToken)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        NativeMemory.KeepLargeBlocks();
        IReadOnlyList<string> sentences = EnglishSentences.Load(options.TextFolder, cancellationToken).Sentences;
        var measurements = new List<Measurement>();
        foreach (ulong seed in seeds)
        {
            if (seeds.Length > 1)
                Console.WriteLine($"Seed {seed}");
            using var study = new Study(options with { Seed = seed }, new World(sentences, options.Sizes, seed), Console.Out, live: !Console.IsOutputRedirected);
            measurements.AddRange(study.Run(cancellationToken));
            PrintWrongKeys(study.WrongKeyPValues);

            // Written after every seed: what was measured is kept if the next one is stopped.
            Directory.CreateDirectory(options.Output);
            string name = Path.Combine(options.Output, options.Name);
            CsvFile.Write(name + ".csv", measurements);
            SvgFigure.Write(name + ".svg", Figure.OfPValues(measurements));
            if (options.FirstPassages)
                SvgFigure.Write(name + "-tokens.svg", Figure.OfTokens(measurements));
        }

        Print(measurements, seeds.Length > 1);
        Console.WriteLine($"{clock.Elapsed.TotalMinutes:F1} minutes; files in {options.Output}.");
    }

    private static void Print(IReadOnlyList<Measurement> measurements, bool withSeed)
    {
        Console.WriteLine();
        Console.WriteLine((withSeed ? "| seed " : "") + "| student | test | tokens | scored | z | ln p | tokens for 1e-6 |");
        Console.WriteLine((withSeed ? "|---:" : "") + "|---|---|---:|---:|---:|---:|---:|");
        foreach (Measurement item in measurements)
        {
            string needed = item.TokensNeeded is { } tokens ? tokens.ToString("N0", CultureInfo.InvariantCulture) : "–";
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{(withSeed ? $"| {item.Seed} " : "")}| {item.CaseName} | {item.Series} | {item.Tokens:N0} | {item.Scored:N0} | {item.Z:F1} | {item.LogP:F1} | {needed} |"));
        }
    }

    private static void PrintWrongKeys(IReadOnlyList<double> wrongKeys)
    {
        if (wrongKeys.Count == 0)
            return;
        double distance = wrongKeys.Select((p, i) => Math.Max(((i + 1.0) / wrongKeys.Count) - p, p - ((double)i / wrongKeys.Count))).Max();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{wrongKeys.Count} wrong keys on the first student's replies: p from {wrongKeys[0]:G2} to {wrongKeys[^1]:G2}, Kolmogorov's distance to uniform {distance:F3} (above {1.63 / Math.Sqrt(wrongKeys.Count):F3} in 1 of 100 runs)."));
    }

    private static Option<T> One<T>(string name, string description, T fallback) => new(name) { Description = description, DefaultValueFactory = _ => fallback };

    private static Option<T[]> Many<T>(string name, string description, params T[] fallback) =>
        new(name) { Description = description, DefaultValueFactory = _ => fallback, AllowMultipleArgumentsPerToken = true };
}
