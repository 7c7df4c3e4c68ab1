using System.Diagnostics;
using Distillation.Experiment;
using TorchSharp;
using Watermark.Cli.Demo;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;

Distillation.Training.NativeMemory.KeepLargeBlocks();
var clock = Stopwatch.StartNew();
torch.set_num_threads(1);
ulong seed = ulong.Parse(args[0]);
var sizes = new Sizes { TeacherSteps = 500, StudentSteps = 400, ServedTokens = 131072, CollectedTokens = 150_000 };
double delta = double.Parse(args[1]);
var world = new World(EnglishSentences.Load(null).Sentences, sizes, seed);
var lab = new Laboratory(world, new Progress(Console.Out, true), "/tmp/dcache", default);
var teacher = lab.TrainTeacher();
using var key = WatermarkKey.Draw(new SeededRandomBits(seed, 5));
var schemes = new[] { 1, 2 }.ToDictionary(h => h, h => new GreenListScheme { ContextWidth = h, Delta = delta }.WithKey(key));
IReadOnlyList<Reply>[] served = new IReadOnlyList<Reply>[3];
Parallel.For(0, 3, i => served[i] = lab.Serve(teacher, i == 0 ? null : schemes[i], (ulong)i));
Case[] cases = [new(1, delta, new StudentPlan()), new(1, delta, new StudentPlan { Share = 0 }), new(2, delta, new StudentPlan()), new(1, delta, new StudentPlan { Share = 0.2 }), new(1, delta, new StudentPlan { Architecture = Architecture.Gru })];
Parallel.ForEach(cases, new ParallelOptions { MaxDegreeOfParallelism = 3 }, c =>
{
    var student = lab.TrainStudent(c.Name, c.Plan, served[c.ContextWidth], served[0]);
    var replies = lab.Collect(c.Name, student, 1, 9);
    foreach (int h in c.IsControl ? [1, 2] : new[] { c.ContextWidth })
    {
        var verifier = new Verifier(teacher, served[0], h, sizes.Length);
        foreach (var (name, e) in new[] { ("text", verifier.FromText(replies)), ("reading", verifier.FromReading(student, served[h])) })
        {
            foreach (var (w, r) in new[] { (Weighting.None, new WeightRule(delta)), (Weighting.Filter, new WeightRule(delta)), (Weighting.Weights, new WeightRule(delta, 0.01)), (Weighting.Weights, new WeightRule(delta, 10)), (Weighting.Weights, new WeightRule(delta, 100)), (Weighting.Weights, new WeightRule(delta, 1000)), (Weighting.Weights, new WeightRule(delta, 100, 0.5)), (Weighting.Weights, new WeightRule(delta, 100, 1)) })
            {
                var x = verifier.Test(schemes[h], e.Table, e.Expectations, w, r);
                Console.WriteLine($"{c.Name} h {h} {name} {w} {r.HalfFrequency} {r.RepetitionPower}: tokens {e.Table.Tokens} rows {x.Rows} green {(double)x.Green / x.WeightSum:F4} ln p {x.Tail.LogP:F1} {x.Tail.Method} needed {verifier.TokensNeeded(schemes[h], e, w, r, Math.Log(1e-6))}");
            }
        }
    }
});
Console.WriteLine(clock.Elapsed);
