namespace Distillation.Experiment;

/// <summary>Studies that are run often.</summary>
internal static class Presets
{
    public const string Quick = "quick";
    public const string Full = "full";
    public const double Delta = 3;

    private static readonly double[] Shares = [1, 0.5, 0.2, 0.1, 0.05, 0.01];

    public static IReadOnlyList<Case> Cases(string preset) => preset switch
    {
        Quick =>
        [
            new Case(1, Delta, new StudentPlan()),
            new Case(1, Delta, new StudentPlan { Share = 0 }),
            new Case(1, Delta, new StudentPlan { Share = 0.2 }),
            new Case(2, Delta, new StudentPlan()),
        ],
        Full =>
        [
            .. from width in new[] { 1, 2, 4 }
               from share in width == 4 ? Shares.Take(3) : Shares
               select new Case(width, Delta, new StudentPlan { Share = share }),
            .. from delta in new double[] { 1, 2 }
               select new Case(1, delta, new StudentPlan()),
            .. from architecture in new[] { Architecture.Deeper, Architecture.Gru }
               select new Case(1, Delta, new StudentPlan { Architecture = architecture }),
            .. from noise in new[] { 0.1, 0.2, 0.3, 0.5 }
               select new Case(1, Delta, new StudentPlan { Noise = noise }),
            .. from steps in new[] { 50, 200, 400 }
               select new Case(1, Delta, new StudentPlan { CleanSteps = steps }),
            .. from temperature in new[] { 0.5, 0.7, 1.3 }
               select new Case(1, Delta, new StudentPlan(), temperature),
            .. from architecture in Enum.GetValues<Architecture>()
               select new Case(1, Delta, new StudentPlan { Architecture = architecture, Share = 0 }),
        ],
        _ => throw new ArgumentOutOfRangeException(nameof(preset), preset, "quick or full"),
    };
}
