using System.Globalization;
using System.Text;

namespace Distillation.Experiment;

/// <summary>Measurements as comma-separated values, numbers in the invariant culture.</summary>
internal static class CsvFile
{
    private const string Header =
        "case,seed,control,context_width,delta,architecture,share,noise,clean_steps,temperature,mode,weighting,tokens,scored,z,ln_p,tokens_for_1e-6";

    public static void Write(string path, IEnumerable<Measurement> measurements)
    {
        var text = new StringBuilder(Header).Append('\n');
        foreach (Measurement item in measurements)
        {
            StudentPlan plan = item.Case.Plan;
            text.Append(CultureInfo.InvariantCulture, $"\"{item.CaseName}\",{item.Seed},{(item.Case.IsControl ? 1 : 0)},{item.ContextWidth},{item.Delta},{plan.Architecture},{plan.Share},{plan.Noise},{plan.CleanSteps},{item.Case.Temperature},");
            text.Append(CultureInfo.InvariantCulture, $"{item.Mode},{item.Weighting},{item.Tokens},{item.Scored},{item.Z:F2},{item.LogP:F2},{item.TokensNeeded:F0}\n");
        }

        File.WriteAllText(path, text.ToString());
    }
}
