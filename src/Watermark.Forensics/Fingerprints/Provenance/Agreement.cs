namespace Watermark.Forensics.Fingerprints.Provenance;

/// <summary>How often a model gives the answer of the reference, and of each control.</summary>
/// <param name="Reference">Prompts with the answer of the reference.</param>
/// <param name="Controls">For each control: prompts with its answer.</param>
/// <param name="ReferenceOnly">For each control, b: prompts with the answer of the reference and not the control's.</param>
/// <param name="ControlOnly">For each control, d: prompts with the control's answer and not the reference's.</param>
internal sealed record Agreement(long Reference, long[] Controls, long[] ReferenceOnly, long[] ControlOnly)
{
    /// <summary>Prompts with the answer of the reference, less those with the answer of the nearest control.</summary>
    public long Lead => Reference - Controls.Max();
}

/// <summary>The prompts on which models are compared, with the answers of all of them.</summary>
internal sealed class AnswerTable
{
    private readonly string[][] answers;
    private readonly int controls;

    /// <summary>
    /// Keeps a prompt where every model has a reply, and where no answer is that of more than half of the reference and the controls.
    /// Answers of the suspect and of the null suspects decide nothing here.
    /// </summary>
    /// <param name="design">The design.</param>
    /// <param name="models">The models: the reference, the controls, then the others.</param>
    public AnswerTable(ProvenanceDesign design, IReadOnlyList<Transcript> models)
    {
        controls = design.Controls.Count;
        var kept = new List<string[]>();
        foreach (string prompt in design.Prompts.Select(prompt => prompt.Id))
        {
            if (models.Any(model => model.To(prompt).Count == 0))
            {
                Unanswered++;
                continue;
            }

            string[] row = [.. models.Select(model => FirstWord.Of(model.To(prompt)[0]))];
            if (row.Take(controls + 1).GroupBy(answer => answer, StringComparer.Ordinal).Max(group => group.Count()) * 2 > controls + 1)
                TooCommon++;
            else
                kept.Add(row);
        }

        answers = [.. kept];
    }

    /// <summary>Prompts that are left.</summary>
    public int Count => answers.Length;

    /// <summary>Prompts that a model did not reply to.</summary>
    public int Unanswered { get; }

    /// <summary>Prompts to which more than half of the reference and the controls gave one answer.</summary>
    public int TooCommon { get; }

    /// <summary>The agreement of a model.</summary>
    /// <param name="model">Its place among the models.</param>
    public Agreement Of(int model)
    {
        long reference = 0;
        long[] agree = new long[controls];
        long[] referenceOnly = new long[controls];
        long[] controlOnly = new long[controls];
        foreach (string[] row in answers)
        {
            string answer = row[model];
            if (answer.Length == 0)
                continue;
            bool asReference = answer == row[0];
            reference += asReference ? 1 : 0;
            for (int j = 0; j < controls; j++)
            {
                bool asControl = answer == row[j + 1];
                agree[j] += asControl ? 1 : 0;
                referenceOnly[j] += asReference && !asControl ? 1 : 0;
                controlOnly[j] += asControl && !asReference ? 1 : 0;
            }
        }

        return new Agreement(reference, agree, referenceOnly, controlOnly);
    }
}
