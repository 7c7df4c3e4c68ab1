using System.Security.Cryptography;
using Watermark.Forensics.Json;

namespace Watermark.Forensics.Cases.Sealing;

/// <summary>The signature of a plan.</summary>
public static class PlanSeal
{
    /// <summary>The media type of a plan in an envelope.</summary>
    public const string PayloadType = "application/vnd.watermark.plan+json";

    /// <summary>Reads the plan of a case and checks its signature.</summary>
    /// <param name="folder">The case.</param>
    /// <returns>The plan and what is wrong with its signature; null where the case has no plan.</returns>
    /// <exception cref="InputFormatException">The plan is damaged.</exception>
    public static CasePlan? Read(CaseFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (!folder.Has(CaseFiles.Plan))
            return null;
        byte[] bytes = folder.Read(CaseFiles.Plan);
        string digest = Convert.ToHexStringLower(SHA256.HashData(bytes));
        (string? signedBy, string? fault) = Check(folder, bytes);
        return new CasePlan(folder.Read(CaseFiles.Plan, content => PlanJson.Read(content)), digest, signedBy, fault);
    }

    private static (string? SignedBy, string? Fault) Check(CaseFolder folder, byte[] plan)
    {
        if (!folder.Has(CaseFiles.PlanSignature) || !folder.Has(CaseFiles.Signer))
            return (null, "The plan is not signed.");
        try
        {
            using VerificationKey key = VerificationKey.FromPem(System.Text.Encoding.ASCII.GetString(folder.Read(CaseFiles.Signer)));
            byte[] signed = DsseEnvelope.Open(folder.Read(CaseFiles.PlanSignature), PayloadType, key);
            return signed.AsSpan().SequenceEqual(plan) ? (key.KeyId, null) : (null, "The signed plan is another than plan.json: one of the two was changed.");
        }
        catch (InputFormatException exception)
        {
            return (null, $"The signature of the plan is not valid. {exception.Message}");
        }
    }
}
