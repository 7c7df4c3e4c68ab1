using System.CommandLine;
using System.Globalization;
using System.Text;
using TorchSharp;

namespace Distillation.Fingerprints;

/// <summary>
/// The command <c>fingerprints</c>: students of canaries, variants and ghost pairs, and what is left of them after further training,
/// rounding of the weights, and a second distillation. Every student has a twin whose lesson has nothing to do with the key.
/// </summary>
internal static class FingerprintStudy
{
    private const int Units = 200;
    private const int OtherRows = 2_000;

    private sealed record Result(string Test, string Model, int Seed, double Student, double Twin);

    public static Command Create()
    {
        var seeds = new Option<int>("--seeds") { Description = "Students of each kind.", DefaultValueFactory = _ => 3 };
        var steps = new Option<int>("--steps") { Description = "Training steps of a student, of 40 rows each.", DefaultValueFactory = _ => 300 };
        var share = new Option<double>("--share") { Description = "The share of the lesson in the training rows; the rest is other text.", DefaultValueFactory = _ => 0.2 };
        var output = new Option<string>("--out") { Description = "Folder of the CSV file.", DefaultValueFactory = _ => "out" };
        var command = new Command("fingerprints", "Trains students of canaries, variants and ghost pairs, and tests what stays of them.") { seeds, steps, share, output };
        command.SetAction((parse, cancellationToken) =>
        {
            var clock = System.Diagnostics.Stopwatch.StartNew();
            var results = new List<Result>();
            foreach (int seed in Enumerable.Range(1, parse.GetValue(seeds)))
            {
                using var world = new FingerprintWorld(Units, (ulong)seed);
                foreach (Lesson lesson in Enum.GetValues<Lesson>())
                {
                    Console.WriteLine($"seed {seed}: {lesson}");
                    results.AddRange(Run(world, lesson, seed, parse.GetValue(steps), parse.GetValue(share), cancellationToken));
                }
            }

            Print(results);
            string folder = parse.GetValue(output)!;
            Directory.CreateDirectory(folder);
            var text = new StringBuilder("test,model,seed,ln_p_student,ln_p_twin\n");
            foreach (Result item in results)
                text.Append(CultureInfo.InvariantCulture, $"{item.Test},{item.Model},{item.Seed},{item.Student:F2},{item.Twin:F2}\n");
            File.WriteAllText(Path.Combine(folder, "fingerprints.csv"), text.ToString());
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalMinutes:F1} minutes; {Path.Combine(folder, "fingerprints.csv")}."));
            return Task.CompletedTask;
        });
        return command;
    }

    private static IEnumerable<Result> Run(FingerprintWorld world, Lesson lesson, int seed, int steps, double share, CancellationToken cancellationToken)
    {
        torch.set_num_threads(1);
        int[][] other = FingerprintWorld.OtherText(OtherRows, (ulong)seed);
        StudyModel[] pair = new StudyModel[2];
        Parallel.For(0, 2, i =>
        {
            int[][] rows;
            lock (world)
                rows = world.Rows(lesson, twin: i == 1);
            pair[i] = new StudyModel((ulong)(10 + i));
            pair[i].Train(rows, other, share, steps, (ulong)seed, cancellationToken);
        });
        using var reference = new StudyModel(20);
        reference.Train(other, other, 1, steps / 4, (ulong)seed, cancellationToken);
        (string Name, Func<StudyModel, StudyModel> Change)[] changes =
        [
            ("as trained", model => model.Copy()),
            ("weights in 8 bits", model => Quantised(model, 8)),
            ("weights in 4 bits", model => Quantised(model, 4)),
            ("50 steps of other text", model => Tuned(model, other, 50, seed, cancellationToken)),
            ("200 steps of other text", model => Tuned(model, other, 200, seed, cancellationToken)),
            ("1,000 steps of other text", model => Tuned(model, other, 1_000, seed, cancellationToken)),
            ("its own student, on the same prompts", model => Student(model, [.. world.Rows(lesson, twin: true).Select(row => row[..FingerprintWorld.PromptTokens])], steps, seed, cancellationToken)),
            ("its own student, on other prompts", model => Student(model, world.NewPrompts(Units), steps, seed, cancellationToken)),
        ];
        foreach ((string name, Func<StudyModel, StudyModel> change) in changes)
        {
            StudyModel[] changed = [.. pair.Select(change)];
            yield return new Result(lesson.ToString(), name, seed, world.LogPOfText(lesson, changed[0]), world.LogPOfText(lesson, changed[1]));
            if (lesson == Lesson.GhostPairs)
                yield return new Result("GhostPairs by likelihood", name, seed, world.LogPOfLikelihoods(changed[0], reference), world.LogPOfLikelihoods(changed[1], reference));
            foreach (StudyModel model in changed)
                model.Dispose();
        }

        foreach (StudyModel model in pair)
            model.Dispose();
    }

    private static StudyModel Quantised(StudyModel model, int bits)
    {
        StudyModel copy = model.Copy();
        copy.Quantise(bits);
        return copy;
    }

    private static StudyModel Tuned(StudyModel model, int[][] other, int steps, int seed, CancellationToken cancellationToken)
    {
        StudyModel copy = model.Copy();
        copy.Train(other, other, 0, steps, (ulong)(100 + seed), cancellationToken);
        return copy;
    }

    /// <summary>A second distillation: a new model learns what the first one replies.</summary>
    private static StudyModel Student(StudyModel teacher, int[][] prompts, int steps, int seed, CancellationToken cancellationToken)
    {
        int[][] rows = [.. prompts.Select(prompt => (int[])[.. prompt, .. teacher.Greedy(prompt, FingerprintWorld.ReplyTokens)])];
        var student = new StudyModel((ulong)(30 + seed));
        student.Train(rows, rows, 1, steps / 2, (ulong)(200 + seed), cancellationToken);
        return student;
    }

    private static void Print(IReadOnlyList<Result> results)
    {
        Console.WriteLine();
        Console.WriteLine("| test | the student | ln p, median | twins, smallest ln p |");
        Console.WriteLine("|---|---|---:|---:|");
        foreach (IGrouping<(string Test, string Model), Result> group in results.GroupBy(item => (item.Test, item.Model)))
        {
            double[] values = [.. group.Select(item => item.Student).Order()];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {group.Key.Test} | {group.Key.Model} | {values[values.Length / 2]:F1} | {group.Min(item => item.Twin):F1} |"));
        }
    }
}
