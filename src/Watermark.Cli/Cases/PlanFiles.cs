using System.Security.Cryptography;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Cases.Sealing;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;

namespace Watermark.Cli.Cases;

/// <summary>The files that fix a plan in a case: prompts, design, plan, its signature and the signer's public key.</summary>
internal sealed class PlanFiles
{
    private readonly CaseFolder place;
    private readonly Dictionary<string, OutputFile> targets;

    /// <summary>Checks what will be written, before the work.</summary>
    /// <param name="place">The case.</param>
    /// <param name="force">Whether an earlier plan is replaced.</param>
    /// <param name="inputs">What is read, which nothing overwrites.</param>
    /// <exception cref="InputFormatException">The collection has begun, or a file is there.</exception>
    public PlanFiles(CaseFolder place, bool force, IEnumerable<string> inputs)
    {
        this.place = place;
        if (place.Has(CaseFiles.Log))
            throw new InputFormatException($"{place.PathOf(CaseFiles.Log)} exists: the collection has begun, and a plan must come before it.");
        string[] read = [.. inputs];
        targets = new[] { CaseFiles.Prompts, CaseFiles.Design, CaseFiles.Plan, CaseFiles.PlanSignature, CaseFiles.Signer }
            .ToDictionary(name => name, name => OutputFile.Check(place.PathOf(name), force || name == CaseFiles.Signer, read), StringComparer.Ordinal);
    }

    /// <summary>A suspect or control as the command line names it: NAME, or NAME=URL,MODEL.</summary>
    /// <param name="text">The text.</param>
    /// <param name="role">Its role.</param>
    public static PlannedSubject Subject(string text, SubjectRole role)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
            return new PlannedSubject(text, role);
        int comma = text.LastIndexOf(',');
        if (comma < equals)
            throw new InputFormatException($"'{text[..equals]}': NAME=URL,MODEL was expected for an endpoint.");
        return new PlannedSubject(text[..equals], role) { Endpoint = text[(equals + 1)..comma], Model = text[(comma + 1)..] };
    }

    /// <summary>Writes the files; the plan gets the digests of prompts and design.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="prompts">The prompts' file; null where they are left open.</param>
    /// <param name="design">The design's file; null where there is none.</param>
    /// <param name="signing">The signer.</param>
    /// <param name="console">Where it is said.</param>
    /// <exception cref="InputFormatException">The plan is not valid.</exception>
    public void Write(Plan plan, byte[]? prompts, byte[]? design, SigningKey signing, ConsoleOutput console)
    {
        plan = plan with { PromptsSha256 = Sha256(prompts), DesignSha256 = Sha256(design) };
        if (plan.Fault() is { } fault)
            throw new InputFormatException(fault);
        using var memory = new MemoryStream();
        PlanJson.Write(plan, memory);
        byte[] bytes = memory.ToArray();
        WriteOrRemove(CaseFiles.Prompts, prompts);
        WriteOrRemove(CaseFiles.Design, design);
        WriteOrRemove(CaseFiles.Plan, bytes);
        WriteOrRemove(CaseFiles.PlanSignature, DsseEnvelope.Seal(PlanSeal.PayloadType, bytes, signing));
        WriteOrRemove(CaseFiles.Signer, System.Text.Encoding.ASCII.GetBytes(signing.PublicPem));
        Report(plan, bytes, console);
    }

    /// <summary>A design of an earlier plan would contradict a plan without one.</summary>
    private void WriteOrRemove(string name, byte[]? content)
    {
        if (content is not null)
            targets[name].Write(stream => stream.Write(content));
        else if (name == CaseFiles.Design)
            File.Delete(place.PathOf(name));
    }

    private void Report(Plan plan, byte[] bytes, ConsoleOutput console)
    {
        string digest = Sha256(bytes)!;
        if (console.Json)
        {
            console.WriteJson(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("file", place.PathOf(CaseFiles.Plan));
                writer.WriteString("sha256", digest);
                writer.WritePropertyName("plan");
                PlanJson.Write(plan, writer);
                writer.WriteEndObject();
            });
            return;
        }

        string keys = plan.Keys is [Plan.NoKey] ? "no key" : $"{plan.Keys.Count} of {plan.Tests.Keys} keys";
        console.WriteLine($"Fixed {place.PathOf(CaseFiles.Plan)}: {keys}, {plan.Planned(SubjectRole.Suspect).Count()} suspects, {plan.Planned(SubjectRole.Control).Count()} controls; {plan.Tests.M} tests are counted.");
        console.WriteLine($"SHA-256 {digest}");
        console.WriteLine("Next: have the plan stamped by a time-stamp authority ('watermark timestamp'), then collect ('watermark collect', 'watermark import').");
    }

    private static string? Sha256(byte[]? bytes) => bytes is null ? null : Convert.ToHexStringLower(SHA256.HashData(bytes));
}
