using Watermark.Forensics.Cases;
using Watermark.Forensics.Cases.Timestamps;

namespace Watermark.Forensics.Tests.Cases.Timestamps;

/// <summary>Replies of OpenSSL's authority (<c>openssl ts</c>) to a query of the tool; TestData/make-timestamps.sh made them.</summary>
public sealed class OpenSslTimestampTests : IDisposable
{
    private static readonly string Data = Path.Combine(AppContext.BaseDirectory, "TestData", "timestamps");

    private readonly TemporaryCase folder = new();

    public OpenSslTimestampTests()
    {
        folder.Write(CaseFiles.Commitments, File.ReadAllBytes(Path.Combine(Data, "commitments.json")));
        folder.Write(TimestampFiles.QueryOf("commitments"), File.ReadAllBytes(Path.Combine(Data, "query.tsq")));
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("ec")]
    [InlineData("rsa")]
    public void Its_tokens_are_valid(string kind)
    {
        TimestampResult result = Check($"{kind}.tsr");

        Assert.Null(result.Fault);
        // What 'openssl ts -reply -text' shows: the day on which the fixtures were made, and the accuracy of its configuration.
        Assert.Equal(new DateOnly(2026, 11, 27), DateOnly.FromDateTime(result.GenTime!.Value.UtcDateTime));
        Assert.Equal(TimeSpan.FromMilliseconds(1500), result.Accuracy);
        Assert.Equal($"CN=OpenSSL Time Stamping ({kind}), O=Watermark tests", result.Authority);
        Assert.Equal("CN=OpenSSL Root, O=Watermark tests", result.Root);
        // openssl dgst -sha256 commitments.json
        Assert.Equal("9418b41cbe01078a53dbe97199f80055b9fe311340872b7d2a4f37a40d940543", result.Sha256);
    }

    [Fact]
    public void A_token_signed_with_Ed25519_cannot_be_checked_and_is_refused() =>
        Assert.Equal("The token is signed with a key of the kind 1.3.101.112, which cannot be checked here; RSA or ECDSA was expected.", Check("ed25519.tsr").Fault);

    [Fact]
    public void A_bit_of_the_file_matters()
    {
        byte[] content = File.ReadAllBytes(folder.PathOf(CaseFiles.Commitments));
        content[5] ^= 1;
        folder.Write(CaseFiles.Commitments, content);

        Assert.Equal("commitments.json is not the file that was stamped: it was changed afterwards.", Check("ec.tsr").Fault);
    }

    private TimestampResult Check(string reply) =>
        TimestampFiles.Check(folder.Root, "commitments", File.ReadAllBytes(Path.Combine(Data, reply)), File.ReadAllBytes(Path.Combine(Data, "chain.pem")));
}
