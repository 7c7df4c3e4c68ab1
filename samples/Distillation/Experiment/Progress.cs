using System.Diagnostics;

namespace Distillation.Experiment;

/// <summary>Shows what is being done, how far it is and how long it took; several jobs may run at once.</summary>
internal sealed class Progress(TextWriter writer, bool live)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);

    private readonly Lock gate = new();

    public Job Begin(string what) => new(this, what);

    private void Write(string line)
    {
        lock (gate)
            writer.WriteLine(line);
    }

    internal sealed class Job(Progress parent, string what) : IProgress<double>, IProgress<(double Done, double Loss)>
    {
        private readonly Stopwatch clock = Stopwatch.StartNew();
        private TimeSpan shown;

        public void Report(double value) => Show($"{value:P0}");

        public void Report((double Done, double Loss) value) => Show($"{value.Done:P0}, loss {value.Loss:F2}");

        public void End(string result) => parent.Write($"{what}: {result} ({clock.Elapsed.TotalSeconds:F0} s)");

        private void Show(string state)
        {
            if (!parent.Live || clock.Elapsed - shown < Pause)
                return;
            shown = clock.Elapsed;
            parent.Write($"  {what}: {state}");
        }
    }

    private bool Live => live;
}
