using System.Collections.Concurrent;
using System.Diagnostics;
using TorchSharp;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.Scoring;
using Watermark.TorchSharp.Models;

namespace Distillation.Experiment;

/// <summary>Runs a study: one teacher, its marked and unmarked replies, and a student with its verdicts for every case.</summary>
internal sealed class Study(StudyOptions options, World world, TextWriter writer, bool live) : IDisposable
{
    private const ulong KeyStream = ulong.MaxValue;
    private const ulong WrongKeyStream = 1UL << 50;
    private static readonly double LogLevel = Math.Log(1e-6);

    private readonly WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(options.Seed, KeyStream));
    private readonly ConcurrentBag<Measurement> measurements = [];
    private readonly Stopwatch clock = Stopwatch.StartNew();

    /// <summary>The p-values of keys that marked nothing, ascending; after <see cref="Run"/>.</summary>
    public IReadOnlyList<double> WrongKeyPValues { get; private set; } = [];

    public IReadOnlyList<Measurement> Run(CancellationToken cancellationToken)
    {
        var laboratory = new Laboratory(world, new Progress(writer, live), options.Cache, cancellationToken);
        torch.set_num_threads(options.Threads);
        using CausalTransformer teacher = laboratory.TrainTeacher();
        TimeSpan teacherTime = clock.Elapsed;

        // From here on one thread a model: small matrices gain more from models side by side.
        torch.set_num_threads(1);
        Dictionary<(int Width, double Delta), KeyedScheme> marks = options.Cases.Select(item => (item.ContextWidth, item.Delta)).Distinct()
            .ToDictionary(mark => mark, KeyedScheme (mark) => new GreenListScheme { ContextWidth = mark.ContextWidth, Delta = mark.Delta }.WithKey(key));
        try
        {
            var served = new ConcurrentDictionary<(int, double), IReadOnlyList<Reply>>();
            IReadOnlyList<Reply> plain = [];
            ForEach([(0, 0.0), .. marks.Keys], mark =>
            {
                if (marks.TryGetValue(mark, out KeyedScheme? scheme))
                    served[mark] = laboratory.Serve(teacher, scheme, options.Seed + 1);
                else
                    plain = laboratory.Serve(teacher, null, options.Seed + 2);
            }, cancellationToken);
            Estimate(teacherTime);
            Dictionary<(int, double), Verifier> desks = marks.Keys.ToDictionary(mark => mark, mark => new Verifier(teacher, plain, mark.Width, mark.Delta, world.Sizes.Length, options.Weightings));
            ForEach(options.Cases.GroupBy(Student).ToArray(), group =>
                Examine(laboratory, [.. group], marks, served, plain, desks), cancellationToken);
        }
        finally
        {
            foreach (KeyedScheme mark in marks.Values)
                mark.Dispose();
        }

        List<Case> order = [.. options.Cases];
        return
        [
            .. measurements
                .OrderBy(item => order.IndexOf(item.Case)).ThenBy(item => item.ContextWidth).ThenBy(item => item.Delta)
                .ThenBy(item => item.Mode, StringComparer.Ordinal).ThenBy(item => item.Weighting),
        ];
    }

    public void Dispose() => key.Dispose();

    /// <summary>Cases of one student differ in temperature only; controls do not depend on the mark.</summary>
    private static (StudentPlan, int, double) Student(Case item) => item.IsControl ? (item.Plan, 0, 0) : (item.Plan, item.ContextWidth, item.Delta);

    private void Examine(
        Laboratory laboratory,
        Case[] cases,
        Dictionary<(int Width, double Delta), KeyedScheme> marks,
        ConcurrentDictionary<(int, double), IReadOnlyList<Reply>> served,
        IReadOnlyList<Reply> plain,
        Dictionary<(int, double), Verifier> desks)
    {
        Case first = cases[0];
        ICausalLanguageModel student = laboratory.TrainStudent(first.Name, first.Plan, served[(first.ContextWidth, first.Delta)], plain);
        using var owned = (torch.nn.Module)student;
        foreach (Case item in cases)
        {
            IReadOnlyList<Reply> replies = options.Text ? laboratory.Collect(item.Name, student, item.Temperature, options.Seed + 3) : [];
            foreach (((int Width, double Delta) name, KeyedScheme mark) in marks.Where(mark => item.IsControl || mark.Key == (item.ContextWidth, item.Delta)))
            {
                Verifier desk = desks[name];
                if (options.Text)
                {
                    Evidence evidence = desk.FromText(replies);
                    Measure(item, mark, name.Delta, desk, evidence);
                    if (item == options.Cases[0])
                        WrongKeyPValues = TryWrongKeys(mark, desk, evidence);
                }

                if (options.Reading && item == first)
                    Measure(item, mark, name.Delta, desk, desk.FromReading(student, served[name], world.Sizes.ComparedTokens));
            }
        }
    }

    private void Measure(Case item, KeyedScheme mark, double delta, Verifier verifier, Evidence evidence)
    {
        foreach (Weighting weighting in options.Weightings)
        {
            Sample sample = verifier.Weigh(evidence, weighting);
            (long rows, TotalTest test) = Verifier.Test(mark, sample);
            bool reached = options.FirstPassages && test.LogP <= LogLevel;
            measurements.Add(new Measurement
            {
                Case = item,
                Seed = options.Seed,
                ContextWidth = mark.ContextWidth,
                Delta = delta,
                Mode = evidence.IsReading ? "reading" : "text",
                Weighting = weighting,
                Tokens = sample.Tokens,
                Scored = rows,
                Z = test.Z,
                LogP = test.LogP,
                TokensNeeded = reached ? verifier.TokensNeeded(mark, evidence, weighting, LogLevel) : null,
            });
        }
    }

    /// <summary>Keys that marked nothing, under the strongest test that is made.</summary>
    private double[] TryWrongKeys(KeyedScheme mark, Verifier verifier, Evidence evidence)
    {
        Sample sample = verifier.Weigh(evidence, options.Weightings[^1]);
        var values = new double[options.WrongKeys];
        for (int i = 0; i < values.Length; i++)
        {
            using WatermarkSecret secret = mark.Scheme.DrawSecret(new SeededRandomBits(options.Seed, WrongKeyStream + (ulong)i));
            using KeyedScheme wrong = mark.Scheme.WithKey(secret);
            values[i] = Math.Exp(Verifier.Test(wrong, sample).Test.LogP);
        }

        Array.Sort(values);
        return values;
    }

    /// <summary>The rest is students; each costs what the teacher cost, in proportion to its steps, and half of that for its replies.</summary>
    private void Estimate(TimeSpan teacherTime)
    {
        // A teacher out of the cache tells nothing about the time that training takes.
        if (teacherTime < TimeSpan.FromSeconds(10))
            return;
        int students = options.Cases.Select(Student).Distinct().Count();
        double steps = students * (double)world.Sizes.StudentSteps / world.Sizes.TeacherSteps;
        writer.WriteLine($"{students} students to go: about {Math.Ceiling(1.5 * steps * teacherTime.TotalMinutes):F0} minutes.");
    }

    private void ForEach<T>(T[] items, Action<T> action, CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancellationToken };
        Parallel.ForEach(Partitioner.Create(items, loadBalance: true), parallel, action);
    }
}
